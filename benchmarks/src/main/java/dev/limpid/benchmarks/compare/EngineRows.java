package dev.limpid.benchmarks.compare;

import dev.limpid.attribution.Contributions;
import dev.limpid.model.generate.Generator;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;

/** Rows about one model: forward pass, contributions, routes, generation. */
final class EngineRows {
  private static final int PROMPT = 16;
  private static final int NEW = 48;

  private final Subject subject;
  private final Peers peers;

  EngineRows(Subject subject, Peers peers) {
    this.subject = subject;
    this.peers = peers;
  }

  /** Returns the forward pass with the whole trace kept beside Hugging Face's plain one. */
  List<Row> forward() throws IOException {
    return forward("HuggingFace", "Hugging Face forward", t -> t < 128 ? 1.5 : t < 512 ? 1.3 : 1.2);
  }

  /** Returns the same beside OpenVINO, which keeps nothing. */
  List<Row> openVino() throws IOException {
    return forward("OpenVino", "OpenVINO, f32", _ -> 1);
  }

  private List<Row> forward(String name, String label, IntToDoubleFunction timesAsFast)
      throws IOException {
    return forward(peers.start(subject, name), label, timesAsFast, lengths(16, 128, 512));
  }

  private List<Row> forward(
      Peer peer, String label, IntToDoubleFunction timesAsFast, List<Integer> lengths) {
    return lengths.stream()
        .map(t ->
            new Row(
                what("forward, whole trace kept", t),
                label,
                Goal.timesAsFast(timesAsFast.applyAsDouble(t)),
                subject.forward(t),
                peer.task("plain", subject.tokens(t))))
        .toList();
  }

  /** Returns the forward pass of a larger model of a family; a mixture leaves experts out. */
  List<Row> family(List<Integer> lengths) throws IOException {
    boolean mixture = subject.model().config().mlp().experts().isPresent();
    return forward(
        peers.start(subject, "HuggingFace"),
        "Hugging Face forward",
        t -> mixture && t < 128 ? 1.3 : 1,
        lengths);
  }

  /** Returns the forward pass with the last logits beside llama.cpp, which computes no others. */
  List<Row> llama() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String weights : List.of("F32", "F16")) {
      Peer peer = peers.start(subject, "Llama" + weights);
      for (int t : lengths(16, 128, 512)) {
        rows.add(
            new Row(
                what("forward, whole trace kept, logits of the last position", t),
                "llama.cpp, " + weights + ", these logits alone",
                Goal.timesAsFast(1),
                Timed.of(() -> subject.trace(t).logits(t - 1)),
                peer.task("plain", subject.tokens(t))));
      }
    }
    Peer peer = peers.start(subject, "LlamaF16");
    rows.add(
        new Row(
            subject.name() + ": generate " + NEW + " tokens",
            "llama.cpp, F16, without the prompt's pass",
            Goal.timesAsFast(1.5),
            Timed.of(this::generate),
            peer.task("generate", subject.tokens(PROMPT), Map.of("steps", NEW))));
    return rows;
  }

  /** Returns the same with the output of every head beside TransformerLens. */
  List<Row> heads() throws IOException {
    List<Row> rows = new ArrayList<>();
    Peer bridge = peers.start(subject, "Bridge");
    for (int t : lengths(16, 128, 512)) {
      rows.add(
          new Row(
              what("forward, trace and head outputs", t),
              "TransformerLens 4 run_with_cache",
              Goal.timesAsFast(1.8),
              subject.forwardWithHeads(t),
              bridge.task("forward", subject.tokens(t))));
    }
    if (subject.model().config().modelType().equals("gpt2")) {
      Peer hooked = peers.start(subject, "Hooked");
      for (int t : lengths(128, 512)) {
        rows.add(
            new Row(
                what("forward, trace and head outputs", t),
                "TransformerLens 2.18, results per head",
                Goal.timesAsFast(7),
                subject.forwardWithHeads(t),
                hooked.task("forward", subject.tokens(t))));
      }
    }
    return rows;
  }

  /** Returns the contributions of all layers beside our own forward pass, without logits. */
  List<Row> contributions() {
    return lengths(64, 128, 256, 512, 1024).stream()
        .map(t ->
            new Row(
                what("contributions", t),
                "own forward pass",
                Goal.shareOf(t <= 512 ? 0.25 : 0.33),
                subject.contributions(t),
                Timed.of(() -> subject.trace(t))))
        .toList();
  }

  /** Returns the contributions beside the broadcast formula in torch. */
  List<Row> formula() throws IOException {
    Peer peer = peers.start(subject, "Formula");
    return lengths(128).stream()
        .map(t ->
            new Row(
                what("contributions", t),
                "broadcast formula in torch",
                Goal.timesAsFast(200),
                subject.contributions(t),
                peer.task("contributions", subject.tokens(t))))
        .toList();
  }

  /** Returns all routes from contributions beside our own forward pass. */
  List<Row> routes() {
    Stream<Row> all =
        lengths(128, 512).stream()
            .map(t ->
                new Row(
                    what("routes of all positions", t),
                    "own forward pass",
                    Goal.shareOf(0.03),
                    subject.routes(t),
                    Timed.of(() -> subject.trace(t))));
    return Stream.concat(all, lengths(512).stream().map(this::threshold)).toList();
  }

  /** Returns one route at another threshold, as a page asks for while its slider moves. */
  private Row threshold(int t) {
    FlowGraph graph = FlowGraph.of(Contributions.of(subject.model(), subject.trace(t)));
    return new Row(
        what("one route at another threshold", t),
        "budget of 5 ms",
        Goal.shareOf(1),
        Timed.of(() -> new RouteExtractor(graph, ThresholdMode.RENORMALISED, 0.03).route(t - 1)),
        () -> 0.005);
  }

  /** Returns the forward pass on all threads beside the same on one. */
  List<Row> threads() throws IOException {
    Subject single = subject.onThreads(1);
    Subject all = subject.onThreads(2);
    return lengths(64, 128, 512).stream()
        .map(t ->
            new Row(
                what("forward on 2 threads", t),
                "own, 1 thread",
                Goal.timesAsFast(1.8),
                Timed.of(() -> all.trace(t)),
                Timed.of(() -> single.trace(t))))
        .toList();
  }

  /** Returns greedy generation beside Hugging Face's, with weights in bf16 and in f32. */
  List<Row> generation() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String weights : List.of("bf16", "f32")) {
      Peer peer = peers.start(subject, weights.equals("f32") ? "HuggingFace" : "HalfHuggingFace");
      rows.add(
          new Row(
              subject.name() + ": generate " + NEW + " tokens",
              "Hugging Face generate, " + weights,
              Goal.timesAsFast(1.5),
              Timed.of(this::generate),
              peer.task("generate", subject.tokens(PROMPT), Map.of("steps", NEW))));
    }
    return rows;
  }

  private void generate() {
    Generator generator = new Generator(subject.model(), subject.tokens(PROMPT), NEW);
    while (generator.hasNext()) {
      generator.next();
    }
  }

  /** Returns those prompts that the model's context holds, and says which it does not. */
  private List<Integer> lengths(Integer... wanted) {
    int context = subject.model().config().nContext();
    List<Integer> longer = Stream.of(wanted).filter(t -> t > context).toList();
    if (!longer.isEmpty()) {
      System.err.printf(
          "%s holds %d tokens: no rows for T = %s%n", subject.name(), context, longer);
    }
    return Stream.of(wanted).filter(t -> t <= context).toList();
  }

  private String what(String work, int t) {
    return "%s: %s, T=%d".formatted(subject.name(), work, t);
  }
}
