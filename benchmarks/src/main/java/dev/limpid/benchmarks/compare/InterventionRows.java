package dev.limpid.benchmarks.compare;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.logits.Metric;
import dev.limpid.attribution.patching.PatchedRuns;
import dev.limpid.attribution.patching.Replacement;
import dev.limpid.attribution.patching.SiteSweep;
import dev.limpid.benchmarks.EdgeSample;
import dev.limpid.model.BackwardRules;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.GradientVisitor;
import dev.limpid.model.Gradients;
import dev.limpid.model.LayerVisitor;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
import dev.limpid.routes.FlowGraphBuilder;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** Rows about one model: runs that are changed, sweeps of them, and gradients. */
final class InterventionRows {
  private static final double THRESHOLD = 0.04;

  /** Edges of a sample, at least; equally many of each layer. */
  private static final int SAMPLED = 500;

  private final Subject subject;
  private final Transformer model;
  private final Peers peers;

  InterventionRows(Subject subject, Peers peers) {
    this.subject = subject;
    this.model = subject.model();
    this.peers = peers;
  }

  /** A prompt's run and the number that is read from its last logits: the best token's lead. */
  private record Question(PatchedRuns runs, Metric metric) {
    double[] answers(List<List<Intervention>> changes) {
      return runs.values(changes, metric, done -> {});
    }
  }

  private Question question(int t) {
    PatchedRuns runs = new PatchedRuns(model, subject.trace(t), t - 1);
    int[] best = model.ops().topK(runs.logits(), 2);
    return new Question(runs, new Metric(Metric.Kind.LOGIT_DIFFERENCE, best[0], best[1], null));
  }

  /** Returns a sample of edges, all of them of a model that is small enough. */
  private EdgeSample edges(int t, boolean all) {
    int nLayers = model.config().nLayers();
    return EdgeSample.of(
        model.config(), t, all ? Integer.MAX_VALUE : Math.ceilDiv(SAMPLED, nLayers));
  }

  /** Returns a sweep of attention edges beside the same in whole passes, alone and in stacks. */
  List<Row> reruns() {
    List<Row> rows = new ArrayList<>();
    for (int t : List.of(16, 32)) {
      EdgeSample sample = edges(t, false);
      Question question = question(t);
      Timed ours = Timed.of(() -> question.answers(sample.runs()));
      String what = what("%d attention edges put to zero".formatted(sample.runs().size()), t);
      rows.add(
          new Row(
              what,
              "own whole passes",
              Goal.timesAsFast(1.8),
              ours,
              Timed.of(() -> wholePasses(sample, question))));
      rows.add(
          new Row(
              what,
              "own whole passes, stacked likewise",
              Goal.timesAsFast(1.8),
              ours,
              Timed.of(() -> question.answers(fromTheStart(sample)))));
    }
    return rows;
  }

  private void wholePasses(EdgeSample sample, Question question) {
    for (List<Intervention> changes : sample.runs()) {
      ForwardTrace run =
          model.run(
              question.runs().base().tokens(), changes, TraceDetail.RESIDUALS, LayerVisitor.NONE);
      question.metric().of(run.logits(question.runs().target()));
    }
  }

  /** With a change in front that is none, so that all layers and positions lie downstream. */
  private static List<List<Intervention>> fromTheStart(EdgeSample sample) {
    Site first = new Site.State(Site.Stage.RESID_PRE, 0, 0);
    return sample.runs().stream()
        .map(run -> List.of(Intervention.scale(first, 1), run.getFirst()))
        .toList();
  }

  /** Returns patching of every head at every position beside TransformerLens's, in batches. */
  List<Row> heads() throws IOException {
    int t = 16;
    Peer bridge = peers.start(subject, "Bridge");
    Question question = question(t);
    List<Integer> source = subject.text().subList(t, 2 * t);
    Replacement patch = Replacement.from(model.trace(source, TraceDetail.FULL));
    List<Integer> layers = IntStream.range(0, model.config().nLayers()).boxed().toList();
    SiteSweep sweep = new SiteSweep(SiteSweep.Kind.HEAD_OUT, layers, t, false);
    List<List<Intervention>> runs = sweep.runs(model.config(), patch::at);
    SameAnswers answers = new SameAnswers();
    Timed ours = Timed.of(() -> answers.ours(question.answers(runs)));
    Map<String, Object> arguments =
        Map.of(
            "source", source,
            "answer", question.metric().answer(),
            "distractor", Objects.requireNonNull(question.metric().distractor()));
    return List.of(
        new Row(
            what(String.format(Locale.ROOT, "each of %,d heads patched", runs.size()), t),
            "TransformerLens 4, batched",
            Goal.timesAsFast(3),
            ours,
            answers.theirs(bridge.asked("patch_heads", subject.tokens(t), arguments))));
  }

  /** Returns a forward and a backward pass beside the forward pass alone. */
  List<Row> gradients() {
    int t = 128;
    return List.of(
        new Row(
            what("forward and backward for one metric", t),
            "own forward pass",
            Goal.shareOf(2.2),
            Timed.of(() -> backward(subject.trace(t))),
            Timed.of(() -> subject.trace(t).logits(t - 1))));
  }

  /** Returns a forward and a backward pass beside torch's. */
  List<Row> autograd() throws IOException {
    List<Row> rows = new ArrayList<>();
    Peer peer = peers.start(subject, "Autograd");
    for (int t : List.of(16, 128)) {
      rows.add(
          new Row(
              what("forward and backward for one metric", t),
              "torch autograd",
              Goal.timesAsFast(1.5),
              Timed.of(() -> backward(subject.trace(t))),
              peer.task("gradient", subject.tokens(t))));
    }
    return rows;
  }

  private void backward(ForwardTrace trace) {
    int last = trace.nPositions() - 1;
    Metric metric = new Metric(Metric.Kind.LOGIT_DIFFERENCE, 3, 5, null);
    new Gradients(model, BackwardRules.EXACT)
        .run(trace, last, metric.gradient(trace.logits(last)), GradientVisitor.NONE);
  }

  /**
   * Returns one pass with contributions and the last position's route beside a sweep of all
   * attention edges, which asks the same of the model: what the prediction came through.
   *
   * @param all whether the whole sweep is run, or a sample from which its time is told
   */
  List<Row> answers(boolean all, Integer... lengths) {
    List<Row> rows = new ArrayList<>();
    for (int t : lengths) {
      EdgeSample sample = edges(t, all);
      Question question = question(t);
      Timed sweep = Timed.of(() -> question.answers(sample.runs()));
      String peer = String.format(Locale.ROOT, "own sweep of %,d attention edges", sample.all());
      rows.add(
          new Row(
              what("one pass, contributions and a route", t),
              all ? peer : "%s, told from %d".formatted(peer, sample.runs().size()),
              Goal.timesAsFast(all ? 100 : 1000), // a small model has no thousands of edges
              Timed.of(() -> route(t)),
              () -> sweep.seconds() / sample.share()));
    }
    return rows;
  }

  private void route(int t) {
    FlowGraphBuilder builder = new FlowGraphBuilder(model, ContributionOptions.DEFAULT, THRESHOLD);
    model.run(subject.tokens(t), TraceDetail.RESIDUALS, builder);
    new RouteExtractor(builder.graph(), ThresholdMode.RENORMALISED, THRESHOLD).route(t - 1);
  }

  private String what(String work, int t) {
    return "%s: %s, T=%d".formatted(subject.name(), work, t);
  }
}
