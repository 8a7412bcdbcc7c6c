package dev.limpid.explorer.cli;

import dev.limpid.explorer.output.JsonOut;
import dev.limpid.explorer.view.TokenView;
import dev.limpid.explorer.view.TokensView;
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

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  TokensCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    TokenizedPrompt prompt = run.tokenize(console);
    if (json) {
      JsonOut.print(new TokensView(prompt.tokenViews()), console.out());
      return Limpid.DONE;
    }
    for (TokenView token : prompt.tokenViews()) {
      console
          .out()
          .printf("%5d  %7d  %s%n", token.position(), token.id(), prompt.quoted(token.id()));
    }
    return Limpid.DONE;
  }
}
