package dev.limpid.explorer.cli;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.logits.DirectLogitAttribution;
import dev.limpid.attribution.logits.LayerLogits;
import dev.limpid.explorer.output.JsonOut;
import dev.limpid.explorer.view.LogitsView;
import dev.limpid.explorer.view.PredictionView;
import dev.limpid.model.ForwardTrace;
import dev.limpid.routes.ContrastFlow;
import dev.limpid.routes.FlowGraph;
import dev.limpid.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid logits}: which part of the model, or which token, a logit came from. */
@Command(
    name = "logits",
    description = {
      "Splits the logit of a next token, or the difference of two, among heads and MLPs, or among"
          + " the tokens of the text. Without --answer, the most probable token is explained."
    },
    footer = {
      "",
      "Examples:",
      "  limpid logits \"The capital of France is\"",
      "  limpid logits \"The capital of France is\" --answer \" Paris\" --distractor \" London\"",
      "  limpid logits \"The capital of France is\" --by token --json"
    })
final class LogitsCommand implements Callable<Integer> {
  private static final int LISTED = 30;

  private static final String NOTE =
      "Every part's own update, read through the final norm with its scale held: what a part does by"
          + " way of later layers is not in it.";

  private static final String ALONE =
      "A logit alone is defined up to a constant; --distractor compares two.";

  /** What a logit is split among. */
  enum By {
    HEAD,
    LAYER,
    TOKEN;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final AnswerOptions answers = new AnswerOptions();

  @Option(
      names = "--by",
      defaultValue = "head",
      description = "One of: ${COMPLETION-CANDIDATES} (default: head).")
  private By by = By.HEAD;

  @Option(names = "--position", description = "Position to explain (default: the last).")
  private @Nullable Integer position;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  LogitsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    PromptRun prompt = run.open(console);
    int t = prompt.position(position);
    @Nullable Integer asked = answers.answer(prompt);
    @Nullable Integer distractor = answers.distractor(prompt);
    ForwardTrace trace = prompt.trace();
    Tensor logits = trace.logits(t);
    int answer = asked == null ? prompt.model().ops().topK(logits, 1)[0] : asked;
    PredictionView predicted = prompt.prediction(logits, answer);
    @Nullable PredictionView other =
        distractor == null ? null : prompt.prediction(logits, distractor);
    DirectLogitAttribution attribution =
        DirectLogitAttribution.of(prompt.model(), trace, t, answer, distractor);

    @Nullable ContrastTable contrast = null;
    double sum = attribution.sum();
    if (by == By.TOKEN) {
      FlowGraph graph = prompt.graph(trace, ContributionOptions.DEFAULT, 0, console);
      ContrastFlow flow = ContrastFlow.of(graph, attribution);
      contrast = ContrastTable.of(prompt.prompt(), flow);
      sum = flow.sum();
    }
    LogitsView view =
        new LogitsView(
            prompt.modelView(),
            t,
            predicted,
            other,
            by.toString(),
            predicted.logit() - (other == null ? 0 : other.logit()),
            sum,
            contrast == null ? parts(attribution) : null,
            contrast == null ? null : contrast.view());
    if (json) {
      JsonOut.print(view, console.out());
    } else {
      print(prompt.prompt(), view, contrast);
    }
    return Limpid.DONE;
  }

  private List<LogitsView.Part> parts(DirectLogitAttribution attribution) {
    List<LogitsView.Part> parts = new ArrayList<>();
    parts.add(new LogitsView.Part("embedding", null, null, attribution.embedding()));
    for (int l = 0; l < attribution.layers().size(); l++) {
      LayerLogits layer = attribution.layers().get(l);
      if (by == By.LAYER) {
        parts.add(new LogitsView.Part("attention", l, null, layer.heads()));
      } else {
        for (int h = 0; h < layer.nHeads(); h++) {
          parts.add(new LogitsView.Part("head", l, h, layer.head(h)));
        }
      }
      parts.add(new LogitsView.Part("mlp", l, null, layer.mlp()));
    }
    parts.add(new LogitsView.Part("biases", null, null, attribution.biases()));
    return parts;
  }

  private void print(TokenizedPrompt prompt, LogitsView view, @Nullable ContrastTable contrast) {
    String what = prompt.logitName(view.answer(), view.distractor());
    console
        .out()
        .printf(
            "Where %s at position %d %s comes from%n",
            what, view.position(), prompt.quoted(prompt.tokens().get(view.position())));
    if (contrast != null) {
      contrast.print(console.out(), LISTED);
      console.out().printf("       %-40s%+10.3f = %s%n", "sum", view.sum(), what);
    } else if (view.parts() != null) {
      print(view.parts());
      console.out().printf("  %-20s%+10.3f = %s%n", "sum", view.sum(), what);
    }
    console.out().println();
    console.out().println(contrast == null ? NOTE : contrast.view().note());
    if (view.distractor() == null) {
      console.out().println(ALONE);
    }
  }

  private void print(List<LogitsView.Part> parts) {
    List<LogitsView.Part> sorted =
        parts.stream()
            .sorted(Comparator.comparingDouble((LogitsView.Part p) -> -Math.abs(p.logit())))
            .toList();
    for (LogitsView.Part part : sorted.subList(0, Math.min(LISTED, sorted.size()))) {
      console.out().printf("  %-20s%+10.3f%n", name(part), part.logit());
    }
    if (sorted.size() > LISTED) {
      List<LogitsView.Part> rest = sorted.subList(LISTED, sorted.size());
      double sum = rest.stream().mapToDouble(LogitsView.Part::logit).sum();
      console.out().printf("  %-20s%+10.3f%n", rest.size() + " more", sum);
    }
  }

  private static String name(LogitsView.Part part) {
    String layer = part.layer() == null ? "" : "layer %2d  ".formatted(part.layer());
    String head = part.head() == null ? "" : " " + part.head();
    return layer + part.part() + head;
  }
}
