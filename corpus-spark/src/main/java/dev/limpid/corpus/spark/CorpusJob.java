package dev.limpid.corpus.spark;

import dev.limpid.LanguageModel;
import dev.limpid.corpus.CorpusFiles;
import dev.limpid.corpus.CorpusResult;
import dev.limpid.corpus.CorpusRun;
import dev.limpid.corpus.CorpusStatistics;
import dev.limpid.corpus.PromptSampler;
import dev.limpid.explorer.show.CorpusReport;
import dev.limpid.files.OutputFile;
import dev.limpid.json.JsonOut;
import dev.limpid.routes.statistics.StatisticsShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * The job: the same statistics, bit for bit, as {@code limpid corpus}, and the same files, but for
 * {@code prompts.parquet}, which is a folder.
 *
 * <pre>
 *   spark-submit --class dev.limpid.corpus.spark.CorpusJob corpus-spark.jar --model M --in F --out D
 * </pre>
 */
public final class CorpusJob {
  private static final int TASKS_PER_CORE = 3;
  private static final int DEPTH = 2;

  private CorpusJob() {}

  /** Runs the job and ends the process. */
  public static void main(String[] arguments) {
    int code = 0;
    try (SparkSession spark = SparkSession.builder().appName("limpid corpus").getOrCreate()) {
      run(spark, JobOptions.parse(List.of(arguments)));
    } catch (IOException | IllegalArgumentException e) {
      System.err.println("limpid: " + e.getMessage());
      code = 1;
    }
    if (code != 0) {
      System.exit(code);
    }
  }

  /**
   * Runs the job on a session.
   *
   * @throws IOException if inputs cannot be read, or results cannot be written
   */
  static void run(SparkSession spark, JobOptions options) throws IOException {
    Path out = Path.of(options.out());
    Files.createDirectories(out);
    int cores = spark.sparkContext().defaultParallelism();
    int partitions = options.partitions() > 0 ? options.partitions() : TASKS_PER_CORE * cores;
    JavaRDD<Taken> taken =
        new PromptSource(spark, options)
            .prompts()
            // Prompts of like length side by side; what is lost with an executor is taken again.
            .sortBy(PromptRecord::length, true, partitions)
            .mapPartitions(prompts -> Taken.of(prompts, options))
            .persist(StorageLevel.DISK_ONLY());
    LanguageModel model = ExecutorModel.model(options);
    StatisticsShape shape = new PromptSampler(model, options.settings()).shape();
    CorpusStatistics statistics =
        taken
            .treeAggregate(
                new SentStatistics(CorpusStatistics.empty(shape)),
                (sum, block) -> sum.merge(block.statistics()),
                SentStatistics::merge,
                DEPTH)
            .statistics();
    requireAny(options, statistics, taken);
    spark
        .createDataFrame(taken.flatMap(block -> block.rows().iterator()), schema())
        .orderBy("prompt", "position")
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(out.resolve("prompts.parquet").toString());
    rejects(taken, out);
    CorpusResult result =
        new CorpusResult(
            out,
            out,
            new CorpusRun(model, options.settings(), 1).view(statistics),
            statistics,
            model.facts(),
            visitor -> {
              throw new IOException("the rows are in prompts.parquet");
            });
    CorpusReport.write(result);
    CorpusFiles.write(result);
    taken.unpersist();
  }

  private static void requireAny(
      JobOptions options, CorpusStatistics statistics, JavaRDD<Taken> taken) throws IOException {
    if (statistics.all().samples() > 0) {
      return;
    }
    String in = String.join(", ", options.in());
    if (statistics.rejected() == 0) {
      throw new IOException(in + ": no prompts in it");
    }
    List<Taken.SentReject> first = taken.flatMap(block -> block.rejects().iterator()).take(1);
    throw new IOException(
        "%s: none of its %d prompts can be run; such as: %s"
            .formatted(in, statistics.rejected(), first.getFirst().reject()));
  }

  private static void rejects(JavaRDD<Taken> taken, Path out) throws IOException {
    Iterator<Taken.SentReject> rejects =
        taken
            .flatMap(block -> block.rejects().iterator())
            .sortBy(Taken.SentReject::number, true, 1)
            .toLocalIterator();
    OutputFile.write(
        out.resolve("rejects.jsonl"),
        stream -> {
          while (rejects.hasNext()) {
            stream.write(JsonOut.bytes(rejects.next().reject()));
          }
        });
  }

  private static StructType schema() {
    return new StructType()
        .add("prompt", DataTypes.LongType, false)
        .add("position", DataTypes.IntegerType, false)
        .add("prediction_id", DataTypes.IntegerType, false)
        .add("prediction_text", DataTypes.StringType, true)
        .add("probability", DataTypes.DoubleType, false)
        .add("entropy", DataTypes.DoubleType, false)
        .add("nodes", DataTypes.IntegerType, false)
        .add("edges", DataTypes.IntegerType, false)
        .add("lost_flow", DataTypes.DoubleType, false)
        .add("group", DataTypes.StringType, true)
        .add("head_flows", DataTypes.createArrayType(DataTypes.DoubleType), false);
  }
}
