package dev.limpid.corpus.spark;

import dev.limpid.corpus.CorpusEntry;
import dev.limpid.corpus.JsonLines;
import dev.limpid.corpus.PromptFormat;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.lib.input.TextInputFormat;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.jspecify.annotations.Nullable;

/** Reads prompts, and numbers them over all inputs as {@code limpid corpus} does. */
final class PromptSource {
  private final SparkSession spark;
  private final JavaSparkContext context;
  private final JobOptions options;

  PromptSource(SparkSession spark, JobOptions options) {
    this.spark = spark;
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.options = options;
  }

  /** Returns all prompts, numbered. */
  JavaRDD<PromptRecord> prompts() throws IOException {
    @Nullable JavaRDD<PromptRecord> all = null;
    for (String in : options.in()) {
      JavaRDD<PromptRecord> one = in.endsWith(".parquet") ? table(in) : lines(in);
      all = all == null ? one : all.union(one);
    }
    return Objects.requireNonNull(all)
        .zipWithIndex()
        .map(numbered -> numbered._1().numbered(numbered._2()));
  }

  /** Lines as bytes: what is no UTF-8 is told, and only a line feed ends one. */
  private JavaRDD<PromptRecord> lines(String file) throws IOException {
    boolean isText = file.endsWith(".txt");
    if (!isText && !file.endsWith(".jsonl")) {
      throw new IOException(
          file
              + ": its ending does not tell what it is; it is to be one of .txt, .jsonl, .parquet");
    }
    Configuration hadoop = new Configuration(context.hadoopConfiguration());
    hadoop.set("textinputformat.record.delimiter", "\n");
    String groupBy = options.groupBy();
    return context
        .newAPIHadoopFile(file, TextInputFormat.class, LongWritable.class, Text.class, hadoop)
        .map(line -> withoutReturn(line._2().copyBytes()))
        .zipWithIndex()
        .filter(line -> !isBlank(line._1()))
        .map(line -> {
          long number = line._2() + 1;
          CorpusEntry entry =
              isText
                  ? PromptFormat.textLine(number, line._1())
                  : JsonLines.entry(number, line._1(), Optional.ofNullable(groupBy));
          return record(file, entry);
        });
  }

  private static PromptRecord record(String file, CorpusEntry entry) {
    return switch (entry) {
      case CorpusEntry.Bad bad ->
          new PromptRecord(0, file, bad.line(), null, null, null, bad.reason());
      case CorpusEntry.Prompt prompt ->
          new PromptRecord(
              0,
              file,
              prompt.line(),
              prompt.given().text(),
              prompt.given().tokens(),
              prompt.group().orElse(null),
              null);
    };
  }

  private static byte[] withoutReturn(byte[] line) {
    boolean has = line.length > 0 && line[line.length - 1] == '\r';
    return has ? Arrays.copyOf(line, line.length - 1) : line;
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t') {
        return false;
      }
    }
    return true;
  }

  private Dataset<Row> read(String file) throws IOException {
    try {
      return spark.read().parquet(file);
    } catch (Exception e) { // Spark's own are checked ones that its methods do not declare
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new IOException(file + ": cannot be read as Parquet: " + why, e);
    }
  }

  private JavaRDD<PromptRecord> table(String file) throws IOException {
    Dataset<Row> table = read(file);
    List<String> columns = List.of(table.columns());
    if (columns.contains("text") == columns.contains("tokens")) {
      throw new IOException(
          file
              + ": needs one column 'text' or 'tokens'; its columns are "
              + String.join(", ", columns));
    }
    String groupBy = options.groupBy();
    if (groupBy != null && !columns.contains(groupBy)) {
      throw new IOException(
          "%s: no column '%s' to group by; its columns are %s"
              .formatted(file, groupBy, String.join(", ", columns)));
    }
    boolean isText = columns.contains("text");
    Column group = groupBy == null ? functions.lit(null) : functions.col(groupBy);
    return table
        .select(
            isText ? functions.col("text") : functions.col("tokens").cast("array<int>"),
            group.cast("string"))
        .javaRDD()
        .zipWithIndex()
        .map(row -> record(file, row._2() + 1, row._1(), isText));
  }

  private static PromptRecord record(String file, long line, Row row, boolean isText) {
    @Nullable String group = row.getString(1);
    if (row.isNullAt(0)) {
      return new PromptRecord(
          0, file, line, null, null, null, isText ? "no text in it" : "no list of ids in it");
    }
    return isText
        ? new PromptRecord(0, file, line, row.getString(0), null, group, null)
        : new PromptRecord(0, file, line, null, List.copyOf(row.<Integer>getList(0)), group, null);
  }
}
