package dev.limpid.corpus;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All files of a corpus, one after the other; prompts are numbered from 0 over all of them. */
final class CorpusInput implements Closeable {
  private static final String STANDARD_INPUT = "standard input";

  private final List<Path> files;
  private final @Nullable InputStream piped;
  private final List<PromptFormat> formats;
  private final CorpusSettings settings;
  private final long[] sizes;
  private @Nullable PromptReader reader;
  private int file = -1;
  private long next;
  private long doneBefore;

  /**
   * Prepares to read.
   *
   * @param piped JSON lines in place of files, or null
   * @throws IOException if a file is not there, or its name does not tell its form
   */
  CorpusInput(
      List<Path> files,
      @Nullable InputStream piped,
      List<PromptFormat> formats,
      CorpusSettings settings)
      throws IOException {
    this.files = List.copyOf(files);
    this.piped = piped;
    this.formats = List.copyOf(formats);
    this.settings = settings;
    this.sizes = new long[files.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = format(files.get(i)).size(files.get(i));
    }
  }

  /**
   * An entry and where it stands.
   *
   * @param number from 0, over all files
   * @param file what messages call it
   */
  record Numbered(long number, String file, CorpusEntry entry) {}

  /** Returns the next entry; empty behind the last. */
  Optional<Numbered> next() throws IOException {
    if (settings.limit() > 0 && next >= settings.limit()) {
      return Optional.empty();
    }
    while (reader != null || hasFile()) {
      PromptReader open = reader == null ? open() : reader;
      reader = open;
      Optional<CorpusEntry> entry = open.next();
      if (entry.isPresent()) {
        return Optional.of(new Numbered(next++, name(), entry.get()));
      }
      doneBefore += open.done();
      open.close();
      reader = null;
    }
    return Optional.empty();
  }

  private boolean hasFile() {
    return file + 1 < (piped == null ? files.size() : 1);
  }

  private PromptReader open() throws IOException {
    file++;
    return piped != null
        ? JsonLines.open(piped, STANDARD_INPUT, settings.groupBy())
        : format(files.get(file)).open(files.get(file), settings.groupBy());
  }

  private String name() {
    return piped != null ? STANDARD_INPUT : files.get(file).toString();
  }

  /** Returns what messages call all of it. */
  String names() {
    return piped != null
        ? STANDARD_INPUT
        : files.stream().map(Path::toString).collect(Collectors.joining(", "));
  }

  private PromptFormat format(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + ": is a folder; give files");
    }
    String name = String.valueOf(file.getFileName());
    Optional<PromptFormat> found =
        formats.stream().filter(format -> name.endsWith(format.ending())).findFirst();
    return found.orElseThrow(() ->
        new IOException(
            "%s: its ending does not tell what it is; it is to be one of %s"
                .formatted(
                    file,
                    formats.stream().map(PromptFormat::ending).collect(Collectors.joining(", ")))));
  }

  /** Returns the share of the input that was read; -1 where that is not known. */
  double share() {
    long all = 0;
    for (long size : sizes) {
      all += size;
    }
    long done = doneBefore + (reader == null ? 0 : reader.done());
    return piped != null || all == 0 ? -1 : Math.clamp((double) done / all, 0, 1);
  }

  /** Returns what tells the input from another, for a run to know itself again. */
  Map<String, String> byName() {
    Map<String, String> names = new TreeMap<>();
    for (int i = 0; i < sizes.length; i++) {
      names.put("file %06d".formatted(i), "%s of size %d".formatted(files.get(i), sizes[i]));
    }
    if (piped != null) {
      names.put("file %06d".formatted(0), STANDARD_INPUT);
    }
    return names;
  }

  @Override
  public void close() throws IOException {
    if (reader != null) {
      reader.close();
    }
  }
}
