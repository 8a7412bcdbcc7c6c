package dev.limpid.explorer.process;

import dev.limpid.Progress;
import dev.limpid.files.PromptFile;
import java.util.Locale;

/** Shows which prompt of a file is answered, and how far it is: one line for all of them. */
public final class PromptsProgress implements Progress {
  private final PromptFile file;
  private final long bytes;
  private final ProgressLine line;
  private int number;

  /**
   * Begins now.
   *
   * @param bytes of the file; -1 where nobody knows, as of a pipe
   */
  public PromptsProgress(Console console, PromptFile file, long bytes) {
    this.file = file;
    this.bytes = bytes;
    this.line = new ProgressLine(console);
  }

  /** Begins the next prompt. */
  public void begin(int ofLine) {
    number = ofLine;
    line.share("prompt of line " + number, file.bytesRead(), bytes);
  }

  @Override
  public void done(Phase phase, int done, int all) {
    String words = phase.name().toLowerCase(Locale.ROOT);
    line.share(
        "prompt of line %d, %s %d of %d".formatted(number, words, done, all),
        file.bytesRead(),
        bytes);
  }

  /** Clears the line, so that what follows stands alone. */
  public void clear() {
    line.close();
  }
}
