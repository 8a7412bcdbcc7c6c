package dev.limpid.model;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Runs several prompts in one pass: their rows lie below one another, and go through the same
 * products, so that weights are read once for all of them. Attention and angles are of each prompt
 * by itself.
 *
 * <p>Every operation makes of a row what it makes of it among any others, so that a prompt gets the
 * bits that it gets alone. Few rows by themselves are the exception, as {@link
 * TensorOps#fewestStacked} says; with vectors, a single one. So such prompts run alone; so do those
 * of models with experts, which may be chosen by a single row.
 */
final class Stack {
  /** Rows beyond this gain nothing: products go over them in passes. */
  private static final int MOST_ROWS = 480;

  /** What the values of a layer may take. */
  private static final long MOST_BYTES = 192L << 20;

  private final Transformer model;
  private final TensorOps ops;
  private final ModelConfig config;
  private final TraceDetail detail;
  private final List<Part> parts;
  private final StackVisitor visitor;

  /** The number of its first prompt among all. */
  private final int first;

  /** A prompt in the stack: rows {@code start} (inclusive) to {@code end} (exclusive). */
  private record Part(
      List<Integer> tokens, int start, int end, List<Tensor> residuals, List<LayerTrace> layers) {
    Part(List<Integer> tokens, int start) {
      this(tokens, start, start + tokens.size(), new ArrayList<>(), new ArrayList<>());
    }

    Tensor of(Tensor x) {
      return x.rows(start, end);
    }
  }

  private Stack(
      Transformer model,
      TraceDetail detail,
      List<List<Integer>> prompts,
      int first,
      StackVisitor visitor) {
    this.model = model;
    this.ops = model.ops();
    this.config = model.config();
    this.detail = detail;
    this.first = first;
    this.visitor = visitor;
    this.parts = new ArrayList<>();
    int start = 0;
    for (List<Integer> tokens : prompts) {
      parts.add(new Part(tokens, start));
      start = parts.getLast().end();
    }
  }

  /** Runs all prompts, as many together as make a stack. */
  static List<ForwardTrace> run(
      Transformer model, List<List<Integer>> prompts, TraceDetail detail, StackVisitor visitor) {
    prompts.forEach(tokens -> model.config().requireTokens(tokens, 0));
    List<ForwardTrace> traces = new ArrayList<>();
    while (traces.size() < prompts.size()) {
      int from = traces.size();
      int to = from + fitting(model, prompts.subList(from, prompts.size()));
      if (to - from == 1) {
        LayerVisitor alone = (layer, trace) -> visitor.layer(layer, from, List.of(trace));
        traces.add(model.run(prompts.get(from), detail, alone));
      } else {
        traces.addAll(new Stack(model, detail, prompts.subList(from, to), from, visitor).traces());
      }
    }
    return traces;
  }

  /** How many of the prompts, from the first on, make a stack. */
  private static int fitting(Transformer model, List<List<Integer>> prompts) {
    ModelConfig config = model.config();
    int fewest = model.ops().fewestStacked();
    boolean isLong = config.turnsAsLong(prompts.getFirst().size());
    long left = Math.min(MOST_ROWS, MOST_BYTES / (Float.BYTES * numbersOfRow(config)));
    int count = 0;
    for (List<Integer> tokens : prompts) {
      left -= tokens.size();
      boolean fits = left >= 0 && config.turnsAsLong(tokens.size()) == isLong;
      if (!fits || tokens.size() < fewest || config.mlp().experts().isPresent()) {
        break;
      }
      count++;
    }
    return Math.max(1, count);
  }

  private static long numbersOfRow(ModelConfig config) {
    return 8L * config.dModel() + 3L * config.dMlp() + 3L * config.nHeads() * config.dHead();
  }

  private List<ForwardTrace> traces() {
    try (Scope pass = ops.scope()) {
      Rotations rotations = rotations();
      Tensor resid = pass.keep(embedded());
      keep(resid);
      for (int layer = 0; layer < config.nLayers(); layer++) {
        try (Scope ofLayer = ops.scope()) {
          resid = pass.keep(ofLayer.keep(layer(layer, resid, rotations, pass, ofLayer)));
        }
        keep(resid);
      }
    }
    return parts.stream()
        .map(p -> new ForwardTrace(model, detail, p.tokens(), List.of(), p.residuals(), p.layers()))
        .toList();
  }

  private void keep(Tensor resid) {
    parts.forEach(part -> part.residuals().add(part.of(resid)));
  }

  private Tensor embedded() {
    Tensor resid = ops.zeros(parts.getLast().end(), config.dModel());
    for (Part part : parts) {
      ops.copy(model.embedding().of(part.tokens(), 0), part.of(resid));
    }
    return resid;
  }

  /** The angles of all rows; those of a position do not depend on how long its prompt is. */
  private Rotations rotations() {
    int longest = parts.stream().mapToInt(part -> part.tokens().size()).max().orElseThrow();
    int[] positions =
        parts.stream().flatMapToInt(part -> IntStream.range(0, part.tokens().size())).toArray();
    return Rotations.of(config, 0, longest, longest).of(positions).on(ops);
  }

  private Tensor layer(int layer, Tensor resid, Rotations rotations, Scope pass, Scope ofLayer) {
    BlockRun.Attended[] attended = new BlockRun.Attended[parts.size()];
    Attention attention = (q, k, v) -> attend(layer, q, k, v, attended);
    BlockRun run = model.run(layer, resid, rotations, attention, StackEdits.NONE);
    List<LayerTrace> traced = new ArrayList<>();
    for (Part part : parts) {
      traced.add(run.trace(part.start(), part.end(), attended[traced.size()]));
    }
    try (Scope _ = ops.scope()) {
      visitor.layer(layer, first, List.copyOf(traced));
    }
    for (int i = 0; i < traced.size() && detail == TraceDetail.FULL; i++) {
      parts.get(i).layers().add(traced.get(i).each(x -> pass.keep(ofLayer.keep(x))));
    }
    return run.residPost();
  }

  /** Each prompt looks at itself. */
  private BlockRun.Attended attend(
      int layer, Tensor queries, Tensor keys, Tensor values, BlockRun.Attended[] attended) {
    LayerEdits none = new LayerEdits(ops, List.of(), config, 0);
    Attention.Whole whole = new Attention.Whole(model, layer, none);
    Tensor mixed = ops.zeros(queries.dim(0), queries.dim(1));
    ops.pieces(
        attended.length,
        i -> {
          Part part = parts.get(i);
          attended[i] = whole.of(part.of(queries), part.of(keys), part.of(values), part.of(mixed));
        });
    return new BlockRun.Attended(null, null, mixed);
  }
}
