package dev.limpid.corpus;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.limpid.files.PromptLine.Given;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Comma-separated values with names in the first line, one of them {@code text} or {@code tokens}.
 */
final class CsvTable implements PromptFormat {
  private static final String TEXT = "text";
  private static final String TOKENS = "tokens";

  @Override
  public String ending() {
    return ".csv";
  }

  @Override
  public PromptReader open(Path file, Optional<String> groupBy) throws IOException {
    FileChannel channel = FileChannel.open(file);
    // What is no UTF-8 becomes U+FFFD, which tells the row.
    CloseableIterator<NamedCsvRecord> rows =
        CsvReader.builder()
            .ofNamedCsvRecord(
                new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8))
            .iterator();
    return new Reader(file, channel, rows, groupBy);
  }

  /** Reads rows; {@link #done} is where the file was read up to. */
  private record Reader(
      Path file,
      FileChannel channel,
      CloseableIterator<NamedCsvRecord> rows,
      Optional<String> groupBy)
      implements PromptReader {
    @Override
    public Optional<CorpusEntry> next() throws IOException {
      try {
        return rows.hasNext() ? Optional.of(entry(rows.next())) : Optional.empty();
      } catch (CsvParseException | UncheckedIOException e) {
        throw new IOException(file + ": cannot be read: " + e.getMessage(), e);
      }
    }

    private CorpusEntry entry(NamedCsvRecord row) throws IOException {
      List<String> names = row.getHeader();
      if (names.contains(TEXT) == names.contains(TOKENS)) {
        throw new IOException(
            names.contains(TEXT)
                ? file + ": has both columns 'text' and 'tokens'; leave one"
                : file
                    + ": no column 'text' or 'tokens'; its columns are "
                    + String.join(", ", names));
      }
      if (groupBy.isPresent() && !names.contains(groupBy.get())) {
        throw new IOException(
            "%s: no column '%s' to group by; its columns are %s"
                .formatted(file, groupBy.get(), String.join(", ", names)));
      }
      long line = row.getStartingLineNumber();
      if (row.getFields().stream().anyMatch(field -> field.indexOf('\uFFFD') >= 0)) {
        return new CorpusEntry.Bad(line, "not valid UTF-8, or it holds U+FFFD");
      }
      @Nullable Given given = given(row);
      return given == null
          ? new CorpusEntry.Bad(line, "a token is no id: " + row.getField(TOKENS))
          : new CorpusEntry.Prompt(
              line, given, groupBy.map(row::getField).filter(value -> !value.isEmpty()));
    }

    /** Null where ids are none. */
    private static @Nullable Given given(NamedCsvRecord row) {
      Optional<String> text = row.findField(TEXT);
      if (text.isPresent()) {
        return new Given(text.get(), null);
      }
      List<Integer> ids = new ArrayList<>();
      for (String id : row.getField(TOKENS).replaceAll("[\\[\\],;]", " ").strip().split(" +", -1)) {
        if (!id.matches("\\d{1,9}")) {
          return null;
        }
        ids.add(Integer.valueOf(id));
      }
      return new Given(null, ids);
    }

    @Override
    public long done() {
      try {
        return channel.position();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      rows.close();
    }
  }
}
