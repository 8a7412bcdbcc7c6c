package dev.limpid.explorer.cli;

import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.show.Sizes;
import dev.limpid.files.OutputFile;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --out}: a file that can be large; nobody should be surprised by it. */
@OptionGroup(Heading.OUTPUT)
final class OutOption {
  private static final long WORTH_SAYING = 1L << 30;

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "File to write.")
  private Path file = Path.of("");

  /** Returns the file, which could be written there. */
  Path writable() throws IOException {
    OutputFile.requireWritable(file);
    return file;
  }

  /**
   * Says how large the file will be, to a person always, elsewhere from a gigabyte on.
   *
   * @throws IOException if its disk has no room for it
   */
  void announce(long bytes, Console console) throws IOException {
    OutputFile.requireRoom(file, bytes);
    if (console.errIsTerminal() || bytes >= WORTH_SAYING) {
      console.note("%s will have %s".formatted(file, Sizes.binary(bytes)));
    }
  }
}
