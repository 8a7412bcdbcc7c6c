package dev.limpid.benchmarks.compare;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.generate.Generator;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.FlowGraphBuilder;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Rows about one model on a device, beside PyTorch eager on the same one. All of ours end with
 * something that is read from the device, so that it has done everything.
 */
record GpuRows(Subject subject, Peer eager) {
  private static final double THRESHOLD = 0.04;
  private static final int PROMPT = 16;
  private static final int NEW = 48;

  /** Returns the rows of prompts of so many tokens. */
  List<Row> of(int t) {
    List<Row> rows = new ArrayList<>();
    Timed theirs = eager.task("forward", subject.tokens(t));
    rows.add(
        new Row(
            what("forward, whole trace kept", t),
            "torch eager, states and attentions",
            Goal.timesAsFast(t <= 128 ? 3 : 1.5),
            Timed.of(() -> forward(t)),
            theirs));
    rows.add(
        new Row(
            what("explain: one pass, contributions, a route", t),
            "torch eager, states and attentions",
            Goal.timesAsFast(1),
            Timed.of(() -> explain(t)),
            theirs));
    rows.add(
        new Row(
            what("contributions of all layers", t),
            "own forward pass",
            Goal.shareOf(0.3),
            contributions(t),
            Timed.of(() -> forward(t))));
    return rows;
  }

  /** Returns the contributions beside the formula with a tensor of all terms. */
  Row formula(Peer formula, int t) {
    return new Row(
        what("contributions of all layers", t),
        "broadcast formula in torch",
        Goal.timesAsFast(20),
        contributions(t),
        formula.task("contributions", subject.tokens(t)));
  }

  /** Returns greedy generation. */
  Row generation() {
    return new Row(
        subject.name() + ": generate " + NEW + " tokens",
        "torch eager generate",
        Goal.timesAsFast(1.5),
        Timed.of(this::generate),
        eager.task("generate", subject.tokens(PROMPT), Map.of("steps", NEW)));
  }

  private String what(String work, int t) {
    return "%s: %s, T = %d".formatted(subject.name(), work, t);
  }

  private void forward(int t) {
    try (Scope _ = model().ops().scope()) {
      Tensor logits = subject.trace(t).logits();
      logits.get(t - 1, 0);
    }
  }

  private void explain(int t) {
    FlowGraphBuilder builder =
        new FlowGraphBuilder(model(), ContributionOptions.DEFAULT, THRESHOLD);
    try (Scope _ = model().ops().scope()) {
      ForwardTrace trace = model().run(subject.tokens(t), TraceDetail.RESIDUALS, builder);
      trace.logits(t - 1).toFloats();
    }
    new RouteExtractor(builder.graph(), ThresholdMode.RENORMALISED, THRESHOLD).route(t - 1);
  }

  /** The contributions of a finished trace; those above the threshold come home. */
  private Timed contributions(int t) {
    ForwardTrace trace = subject.trace(t);
    return Timed.of(
        () -> FlowGraph.of(model(), trace, ContributionOptions.DEFAULT, THRESHOLD, _ -> {}));
  }

  private void generate() {
    Generator generator = new Generator(model(), subject.tokens(PROMPT), NEW);
    while (generator.hasNext()) {
      generator.next();
    }
  }

  private Transformer model() {
    return subject.model();
  }
}
