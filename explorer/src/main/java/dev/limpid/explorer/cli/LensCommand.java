package dev.limpid.explorer.cli;

import dev.limpid.attribution.logits.LensReading;
import dev.limpid.attribution.logits.LogitLens;
import dev.limpid.explorer.output.JsonOut;
import dev.limpid.explorer.view.LensView;
import dev.limpid.explorer.view.PredictionView;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid lens}: what each state would predict. */
@Command(
    name = "lens",
    description = "Reads the states between layers as predictions (logit lens).",
    footer = {
      "",
      "Examples:",
      "  limpid lens \"The capital of France is\"",
      "  limpid lens \"The capital of France is\" --layer 2 --position all --top 3 --json"
    })
final class LensCommand implements Callable<Integer> {
  /** The states a lens can read. */
  enum State {
    RESID_PRE,
    RESID_MID,
    RESID_POST;

    Tensor of(LayerTrace layer) {
      return switch (this) {
        case RESID_PRE -> layer.residPre();
        case RESID_MID -> layer.residMid();
        case RESID_POST -> layer.residPost();
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** So many tokens that lines have less than 100 columns. */
  private static final int IN_A_LINE = 4;

  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();

  @Option(names = "--top", description = "Tokens to list (default: 4; 10 with --json).")
  private @Nullable Integer top;

  @Option(
      names = "--state",
      defaultValue = "resid_post",
      description = "One of: ${COMPLETION-CANDIDATES} (default: resid_post).")
  private State state = State.RESID_POST;

  @Option(names = "--layer", description = "One layer only (default: all).")
  private @Nullable Integer layer;

  @Option(names = "--position", description = "One position, or all (default: the last).")
  private @Nullable String position;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  LensCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    int listed = top != null ? top : json ? 10 : IN_A_LINE;
    if (listed < 1) {
      throw new UsageFailure("--top: " + listed + " is not a number of tokens");
    }
    PromptRun prompt = run.open(console);
    List<Integer> positions = Positions.parse(position, prompt);
    List<Integer> layers =
        layer == null
            ? IntStream.range(0, prompt.model().config().nLayers()).boxed().toList()
            : List.of(prompt.layer(layer));
    ForwardTrace trace = prompt.trace();
    LogitLens lens = new LogitLens(prompt.model(), listed);
    List<LensView.State> states = new ArrayList<>();
    for (int l : layers) {
      Tensor resid = state.of(trace.layer(l));
      for (int t : positions) {
        LensReading reading = lens.read(resid.rows(t, t + 1)).getFirst();
        states.add(
            new LensView.State(
                l, state.toString(), t, reading.entropy(), prompt.predictions(reading)));
      }
    }
    if (json) {
      JsonOut.print(new LensView(states), console.out());
    } else {
      print(prompt, states);
    }
    return Limpid.DONE;
  }

  private void print(PromptRun prompt, List<LensView.State> states) {
    console.out().println("layer position entropy  most probable tokens after this " + state);
    for (LensView.State state : states) {
      console
          .out()
          .printf(
              "%5d %8d %7.3f  %s%n",
              state.layer(),
              state.position(),
              state.entropy(),
              state.top().stream().map(p -> shown(prompt, p)).collect(Collectors.joining(" ")));
    }
  }

  private static String shown(PromptRun prompt, PredictionView p) {
    String token = TerminalText.columns(prompt.prompt().quoted(p.id()), 11);
    return "%s%5.1f %%".formatted(token, 100 * p.probability());
  }
}
