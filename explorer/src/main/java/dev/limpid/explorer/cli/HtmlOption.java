package dev.limpid.explorer.cli;

import dev.limpid.LanguageModel;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.explorer.show.Report;
import dev.limpid.files.OutputFile;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --html}: the answer as a page in a file. */
@OptionGroup(Heading.OUTPUT)
final class HtmlOption {
  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write a page that opens in any browser, in place of what is printed.")
  private @Nullable Path file;

  /** Writes a page. */
  interface Page {
    void write(Writer out) throws IOException;
  }

  /** Returns whether a page is asked for. */
  boolean isGiven() {
    return file != null;
  }

  /** Says where the text went that is missing, if it became the name of the file. */
  void requireTextBeside(boolean hasText) {
    if (file != null && !hasText) {
      throw new UsageFailure(
          "TEXT is missing: \"%s\" is the FILE of --html; write --html=page.html TEXT"
              .formatted(file));
    }
  }

  /** Checks the command line, and that the file can be written. */
  void requireUsable(boolean json) throws IOException {
    if (file != null) {
      if (json) {
        throw new UsageFailure("--json and --html exclude one another");
      }
      OutputFile.requireWritable(file);
    }
  }

  /** Writes a report of an answer of a model. */
  void write(Report report, LanguageModel model, Console console) throws IOException {
    Map<String, String> facts = model.facts();
    write(out -> report.write(facts, out), console);
  }

  /** Writes a page aside and moves it to its place. */
  void write(Page page, Console console) throws IOException {
    Path target = Objects.requireNonNull(file);
    OutputFile.write(
        target, out -> page.write(new OutputStreamWriter(out, StandardCharsets.UTF_8)));
    if (console.errIsTerminal()) {
      console.err().println("wrote " + target);
    }
  }
}
