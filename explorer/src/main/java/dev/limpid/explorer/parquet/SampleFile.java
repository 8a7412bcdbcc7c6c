package dev.limpid.explorer.parquet;

import com.jerolba.carpet.CarpetReader;
import com.jerolba.carpet.CarpetWriter;
import com.jerolba.carpet.CloseableIterator;
import com.jerolba.carpet.ColumnNamingStrategy;
import com.jerolba.carpet.FieldMatchingStrategy;
import com.jerolba.carpet.io.FileSystemInputFile;
import com.jerolba.carpet.io.OutputStreamOutputFile;
import dev.limpid.corpus.CorpusResult;
import dev.limpid.corpus.SampleRow;
import dev.limpid.files.OutputFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;

/** {@code prompts.parquet}: a row for each sample of a corpus. */
public final class SampleFile {
  /** The name of the file in a folder of results; Spark makes a folder of that name. */
  public static final String NAME = "prompts.parquet";

  private static final int ROW_GROUP = 32 << 20;

  private SampleFile() {}

  /** A row as it is stored: names of columns are those of these components, in snake_case. */
  record Columns(
      long prompt,
      int position,
      int predictionId,
      @Nullable String predictionText,
      double probability,
      double entropy,
      int nodes,
      int edges,
      double lostFlow,
      @Nullable String group,
      List<Double> headFlows) {
    static Columns of(SampleRow row) {
      return new Columns(
          row.prompt(),
          row.position(),
          row.predictionId(),
          row.predictionText(),
          row.probability(),
          row.entropy(),
          row.nodes(),
          row.edges(),
          row.lostFlow(),
          row.group(),
          Arrays.stream(row.headFlows()).boxed().toList());
    }
  }

  /** Writes it into the folder of a result. */
  public static void write(CorpusResult result) throws IOException {
    Path raw = result.scratch().resolve(NAME);
    try (OutputStream out = Files.newOutputStream(raw);
        CarpetWriter<Columns> writer =
            new CarpetWriter.Builder<>(new OutputStreamOutputFile(out), Columns.class)
                .withConf(new PlainParquetConfiguration())
                .withColumnNamingStrategy(ColumnNamingStrategy.SNAKE_CASE)
                .withCompressionCodec(CompressionCodecName.GZIP)
                .withRowGroupSize(ROW_GROUP)
                .build()) {
      result.rows().each(row -> writer.write(Columns.of(row)));
    }
    OutputFile.write(result.folder().resolve(NAME), out -> ParquetFooter.copyInOrder(raw, out));
  }

  /** What is compared of a sample. */
  public record Flows(long prompt, @Nullable String group, List<Double> headFlows) {}

  /** Takes one sample after the other. */
  public interface FlowsVisitor {
    /** Takes a sample. */
    void sample(Flows flows) throws IOException;
  }

  /**
   * Shows the samples of a folder of results.
   *
   * @throws IOException if there are none, or they cannot be read
   */
  public static void read(Path folder, FlowsVisitor visitor) throws IOException {
    for (Path file : files(folder.resolve(NAME))) {
      try (CloseableIterator<Flows> rows =
          new CarpetReader<>(new FileSystemInputFile(file.toFile()), Flows.class)
              .withFieldMatchingStrategy(FieldMatchingStrategy.SNAKE_CASE)
              .iterator()) {
        while (rows.hasNext()) {
          visitor.sample(rows.next());
        }
      } catch (NoSuchFileException e) {
        throw e;
      } catch (RuntimeException e) {
        throw new IOException(file + ": cannot be read: " + e.getMessage(), e);
      }
    }
  }

  /** One file, or those of a folder that Spark made. */
  private static List<Path> files(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new IOException(file + ": no such file; give a folder that 'limpid corpus' has filled");
    }
    if (!Files.isDirectory(file)) {
      return List.of(file);
    }
    try (var parts = Files.list(file)) {
      return parts
          .filter(part -> part.getFileName().toString().endsWith(".parquet"))
          .sorted()
          .toList();
    }
  }
}
