package dev.limpid.explorer.cli;

import dev.limpid.ModelSource;
import dev.limpid.Prompt;
import dev.limpid.QuestionException;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.show.TokensText;
import dev.limpid.view.TokensView;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid tokens}: how a text is cut into tokens. */
@Command(
    name = "tokens",
    description = "Shows how a text is cut into tokens.",
    footer = {
      "",
      "Examples:",
      "  limpid tokens \"When Mary and John went to the store\"",
      "  limpid tokens --model path/to/checkpoint --file prompt.txt --json"
    })
final class TokensCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  TokensCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, QuestionException {
    Prompt prompt = run.tokenize(console);
    if (json) {
      ModelSource source = prompt.source();
      console.print(new TokensView(source.view(), prompt.tokenViews(), source.tokenizerFile()));
    } else {
      new TokensText(prompt.tokenViews()).print(console.out());
    }
    return ExitCode.DONE;
  }
}
