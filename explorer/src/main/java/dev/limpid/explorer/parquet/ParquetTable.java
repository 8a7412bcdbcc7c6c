package dev.limpid.explorer.parquet;

import com.jerolba.carpet.CarpetReader;
import com.jerolba.carpet.CloseableIterator;
import com.jerolba.carpet.io.FileSystemInputFile;
import dev.limpid.corpus.CorpusEntry;
import dev.limpid.corpus.PromptFormat;
import dev.limpid.corpus.PromptReader;
import dev.limpid.files.PromptLine.Given;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** Parquet with a column {@code text} or {@code tokens}. */
public final class ParquetTable implements PromptFormat {
  private static final String TEXT = "text";
  private static final String TOKENS = "tokens";

  @Override
  public String ending() {
    return ".parquet";
  }

  @Override
  public long size(Path file) throws IOException {
    return footer(file).rows;
  }

  @Override
  public PromptReader open(Path file, Optional<String> groupBy) throws IOException {
    List<String> columns = footer(file).columns;
    if (columns.contains(TEXT) == columns.contains(TOKENS)) {
      throw new IOException(
          columns.contains(TEXT)
              ? file + ": has both columns 'text' and 'tokens'; leave one"
              : file
                  + ": no column 'text' or 'tokens'; its columns are "
                  + String.join(", ", columns));
    }
    if (groupBy.isPresent() && !columns.contains(groupBy.get())) {
      throw new IOException(
          "%s: no column '%s' to group by; its columns are %s"
              .formatted(file, groupBy.get(), String.join(", ", columns)));
    }
    try {
      return new Rows(file, reader(file).iterator(), groupBy);
    } catch (RuntimeException e) {
      throw damaged(file, e);
    }
  }

  @SuppressWarnings("rawtypes") // columns are known when the file is
  private static CarpetReader<Map> reader(Path file) {
    return new CarpetReader<>(new FileSystemInputFile(file.toFile()), Map.class);
  }

  private record Footer(List<String> columns, long rows) {}

  private static Footer footer(Path file) throws IOException {
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration()).build();
    try (ParquetFileReader reader =
        ParquetFileReader.open(new FileSystemInputFile(file.toFile()), options)) {
      MessageType schema = reader.getFileMetaData().getSchema();
      return new Footer(
          schema.getFields().stream().map(Type::getName).toList(), reader.getRecordCount());
    } catch (RuntimeException e) {
      throw damaged(file, e);
    }
  }

  private static IOException damaged(Path file, RuntimeException e) {
    String why = String.valueOf(e.getMessage());
    int colon = why.indexOf(" is not a Parquet file");
    return new IOException(
        file + ": cannot be read as Parquet: " + (colon < 0 ? why : why.substring(colon + 1)), e);
  }

  /** Reads rows; {@link #done} counts them. */
  private static final class Rows implements PromptReader {
    private final Path file;

    @SuppressWarnings("rawtypes")
    private final CloseableIterator<Map> rows;

    private final Optional<String> groupBy;
    private long row;

    Rows(
        Path file,
        @SuppressWarnings("rawtypes") CloseableIterator<Map> rows,
        Optional<String> groupBy) {
      this.file = file;
      this.rows = rows;
      this.groupBy = groupBy;
    }

    @Override
    public Optional<CorpusEntry> next() throws IOException {
      try {
        if (!rows.hasNext()) {
          return Optional.empty();
        }
        row++;
        return Optional.of(entry(rows.next()));
      } catch (RuntimeException e) {
        throw damaged(file, e);
      }
    }

    private CorpusEntry entry(Map<?, ?> columns) {
      @Nullable Object text = columns.get(TEXT);
      @Nullable Object group = groupBy.isPresent() ? columns.get(groupBy.get()) : null;
      Optional<String> name = Optional.ofNullable(group).map(Object::toString);
      if (text instanceof String given) {
        return new CorpusEntry.Prompt(row, new Given(given, null), name);
      }
      if (!(columns.get(TOKENS) instanceof List<?> tokens)) {
        return new CorpusEntry.Bad(
            row, columns.containsKey(TEXT) ? "no text in it" : "no list of ids in it");
      }
      List<Integer> ids = new ArrayList<>();
      for (@Nullable Object token : tokens) {
        if (!(token instanceof Number id) || id.longValue() != id.intValue()) {
          return new CorpusEntry.Bad(row, "a token is no id: " + token);
        }
        ids.add(id.intValue());
      }
      return new CorpusEntry.Prompt(row, new Given(null, ids), name);
    }

    @Override
    public long done() {
      return row;
    }

    @Override
    public void close() throws IOException {
      rows.close();
    }
  }
}
