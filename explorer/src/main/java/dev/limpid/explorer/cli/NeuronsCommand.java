package dev.limpid.explorer.cli;

import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.NeuronContributions;
import dev.limpid.attribution.logits.TokenLogit;
import dev.limpid.attribution.logits.UpdateLens;
import dev.limpid.attribution.logits.UpdateNorm;
import dev.limpid.attribution.logits.UpdateReading;
import dev.limpid.explorer.output.JsonOut;
import dev.limpid.explorer.view.NeuronsView;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid neurons}: what the neurons of one MLP brought to one position. */
@Command(
    name = "neurons",
    description = "Shows which neurons of a layer brought most to one position, and to what end.",
    footer = {
      "",
      "Examples:",
      "  limpid neurons \"The capital of France is\" --layer 2",
      "  limpid neurons \"The capital of France is\" --layer 2 --position 4 --top 5 --json"
    })
final class NeuronsCommand implements Callable<Integer> {
  private static final int TOKENS = 5;

  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final AttributionOptions attribution = new AttributionOptions();

  @Option(names = "--layer", required = true, description = "The layer of the neurons.")
  private int layer;

  @Option(names = "--position", description = "The position they write to (default: the last).")
  private @Nullable Integer position;

  @Option(names = "--top", defaultValue = "20", description = "Neurons to list (default: 20).")
  private int top;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  NeuronsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    ContributionOptions options = attribution.options();
    if (top < 1) {
      throw new UsageFailure("--top: " + top + " is not a number of neurons");
    }
    PromptRun prompt = run.open(console);
    int l = prompt.layer(layer);
    int t = prompt.position(position);
    NeuronContributions neurons =
        NeuronContributions.of(prompt.model(), l, prompt.trace().layer(l), options, t);
    UpdateLens lens = new UpdateLens(prompt.model(), TOKENS, UpdateNorm.RAW);
    List<NeuronsView.Neuron> views =
        neurons.top(top).stream()
            .map(n -> {
              UpdateReading reading = lens.read(neurons.update(prompt.model(), n));
              return new NeuronsView.Neuron(
                  n,
                  neurons.neurons().get(n),
                  neurons.activations().get(n),
                  tokens(prompt, reading.promoted()),
                  tokens(prompt, reading.suppressed()));
            })
            .toList();
    boolean separate = options.bias() == BiasOption.SEPARATE;
    NeuronsView view =
        new NeuronsView(l, t, neurons.residual(), separate ? neurons.bias() : null, views);
    if (json) {
      JsonOut.print(view, console.out());
    } else {
      print(prompt, view);
    }
    return Limpid.DONE;
  }

  private static List<NeuronsView.Token> tokens(PromptRun prompt, List<TokenLogit> tokens) {
    return tokens.stream()
        .map(token ->
            new NeuronsView.Token(token.id(), prompt.prompt().text(token.id()), token.logit()))
        .toList();
  }

  private void print(PromptRun prompt, NeuronsView view) {
    int id = prompt.prompt().tokens().get(view.position());
    console
        .out()
        .printf(
            "What the neurons of layer %d brought to position %d %s (the state before: %.4f)%n",
            view.layer(), view.position(), prompt.prompt().quoted(id), view.residual());
    console.out().println("neuron  contribution  activation  promotes | suppresses");
    for (NeuronsView.Neuron neuron : view.neurons()) {
      console
          .out()
          .printf(
              "%6d  %12.4f  %10.4f  %s | %s%n",
              neuron.neuron(),
              neuron.contribution(),
              neuron.activation(),
              shown(prompt, neuron.promoted()),
              shown(prompt, neuron.suppressed()));
    }
  }

  private static String shown(PromptRun prompt, List<NeuronsView.Token> tokens) {
    return tokens.stream()
        .map(token -> prompt.prompt().quoted(token.id()))
        .collect(Collectors.joining(" "));
  }
}
