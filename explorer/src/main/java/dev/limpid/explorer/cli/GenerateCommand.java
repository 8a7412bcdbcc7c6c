package dev.limpid.explorer.cli;

import dev.limpid.explorer.output.JsonOut;
import dev.limpid.explorer.view.GenerateView;
import dev.limpid.model.generate.GenerationOptions;
import dev.limpid.model.generate.Generator;
import dev.limpid.model.generate.Sampling;
import dev.limpid.model.generate.Step;
import dev.limpid.model.generate.StopReason;
import dev.limpid.model.tokenizer.TextStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid generate}: how the model continues a text. */
@Command(
    name = "generate",
    description = "Continues a text; prints what is new, as it comes.",
    footer = {
      "",
      "Examples:",
      "  limpid generate \"When Mary and John went to the store\"",
      "  limpid generate --model path/to/checkpoint \"Once\" --max-new 200 --temperature 0.8"
          + " --top-p 0.9 --seed 1"
    })
final class GenerateCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final SamplingOptions samplingOptions = new SamplingOptions();

  @Option(
      names = "--max-new",
      defaultValue = "50",
      paramLabel = "N",
      description = "The most new tokens (default: 50).")
  private int maxNew;

  @Option(names = "--ignore-eos", description = "Go on behind tokens that end a text.")
  private boolean ignoreEos;

  @Option(names = "--json", description = "Print one JSON document, when all is done.")
  private boolean json;

  GenerateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (maxNew < 1) {
      throw new UsageFailure("--max-new: " + maxNew + " is not a number of tokens");
    }
    Sampling sampling = samplingOptions.read(console);
    PromptRun prompt = run.open(console);
    GenerationOptions options = new GenerationOptions(sampling, maxNew, eosIds(prompt));
    Generator generator = new Generator(prompt.model(), prompt.prompt().tokens(), options);
    if (json) {
      JsonOut.print(document(prompt, generator, sampling), console.out());
    } else {
      print(prompt.prompt(), generator);
    }
    if (generator.stopReason().orElseThrow() == StopReason.CONTEXT) {
      console.warn(
          "stopped, since the model's context of %d tokens is full"
              .formatted(prompt.model().config().nContext()));
    }
    return Limpid.DONE;
  }

  private Set<Integer> eosIds(PromptRun prompt) {
    if (ignoreEos) {
      return Set.of();
    }
    List<Integer> ofModel = prompt.model().config().eosIds();
    List<Integer> ofTokenizer =
        prompt.prompt().tokenizer().map(t -> t.specialTokens().eos()).orElse(List.of());
    return Set.copyOf(ofModel.isEmpty() ? ofTokenizer : ofModel);
  }

  private static GenerateView document(PromptRun run, Generator generator, Sampling sampling) {
    TokenizedPrompt prompt = run.prompt();
    List<GenerateView.Token> tokens = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    @Nullable TextStream stream = textStream(prompt);
    steps(
        prompt,
        generator,
        stream,
        text::append,
        step ->
            tokens.add(
                new GenerateView.Token(
                    step.position(), step.token(), prompt.text(step.token()), step.probability())));
    return new GenerateView(
        run.modelView(),
        prompt.tokenViews(),
        new GenerateView.Sampling(
            new BigDecimal(TerminalText.exact(sampling.temperature())),
            sampling.topK(),
            new BigDecimal(TerminalText.exact(sampling.topP())),
            sampling.seed()),
        tokens,
        stream == null ? null : text.toString(),
        generator.stopReason().orElseThrow().name().toLowerCase(Locale.ROOT));
  }

  /** Prints the text alone, so that another program gets it as it is; or ids, which end a line. */
  private void print(TokenizedPrompt prompt, Generator generator) {
    @Nullable TextStream stream = textStream(prompt);
    if (stream == null) {
      StringBuilder separator = new StringBuilder();
      steps(
          prompt,
          generator,
          null,
          text -> {},
          step -> {
            show(separator + Integer.toString(step.token()));
            separator.replace(0, 1, ",");
          });
    } else {
      steps(prompt, generator, stream, this::show, step -> {});
    }
    if (stream == null || console.outIsTerminal()) {
      console.out().println();
    }
  }

  private void show(String text) {
    console.out().print(text);
    console.out().flush();
  }

  /** Runs all steps; of the EOS that ends a text, the text is left out. */
  private static void steps(
      TokenizedPrompt prompt,
      Generator generator,
      @Nullable TextStream stream,
      Consumer<String> text,
      Consumer<Step> each) {
    try {
      while (generator.hasNext()) {
        Step step = generator.next();
        each.accept(step);
        boolean isEnd = generator.stopReason().filter(StopReason.EOS::equals).isPresent();
        if (stream != null && !isEnd) {
          text.accept(stream.add(step.token()));
        }
      }
    } catch (ArithmeticException e) {
      throw new CommandFailure(prompt.location().name() + ": " + e.getMessage(), e);
    }
    if (stream != null) {
      text.accept(stream.end());
    }
  }

  private static @Nullable TextStream textStream(TokenizedPrompt prompt) {
    return prompt
        .tokenizer()
        .map(tokenizer -> new TextStream(tokenizer, prompt.tokens()))
        .orElse(null);
  }
}
