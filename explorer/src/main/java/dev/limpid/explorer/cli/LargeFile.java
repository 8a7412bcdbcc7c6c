package dev.limpid.explorer.cli;

import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.show.Sizes;
import dev.limpid.files.OutputFile;
import java.io.IOException;
import java.nio.file.Path;

/** A file that can be large: nobody should be surprised by it. */
final class LargeFile {
  private static final long WORTH_SAYING = 1L << 30;

  private LargeFile() {}

  /**
   * Says how large a file will be, to a person always, elsewhere from a gigabyte on.
   *
   * @throws IOException if its disk has no room for it
   */
  static void announce(Path file, long bytes, Console console) throws IOException {
    OutputFile.requireRoom(file, bytes);
    if (console.errIsTerminal() || bytes >= WORTH_SAYING) {
      console.note("%s will have %s".formatted(file, Sizes.binary(bytes)));
    }
  }
}
