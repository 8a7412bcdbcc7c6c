package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Products.Result;
import dev.limpid.backend.opencl.Products.Seen;
import dev.limpid.backend.opencl.Products.Sizes;
import dev.limpid.backend.opencl.Products.View;
import dev.limpid.backend.opencl.Programs.Kernel;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.AttentionShape;
import dev.limpid.tensor.ops.ScoreRule;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Attention, its gradients and its contributions, as products of many small matrices. */
final class DeviceAttention {
  /** The terms of as many heads as fit are held at once. */
  private static final long TERMS = 64 << 20;

  /** Items of a group and pairs of an item along each side of a tile, and components at a time. */
  private static final int SIDE = 8;

  private static final int BLOCK = 4;
  private static final int DEPTH = 32;

  private static final int MOST_RULES = 1000;

  private final Session session;
  private final Products products;
  private final Uploads uploads;

  /** Slopes and sinks by head, which come again in every pass. */
  private final Map<List<Float>, Tensor> ofHeads = new ConcurrentHashMap<>();

  DeviceAttention(Session session, Products products, Uploads uploads) {
    this.session = session;
    this.products = products;
    this.uploads = uploads;
  }

  void causalPattern(Tensor queries, Tensor keys, AttentionShape shape, Tensor pattern) {
    int width = queries.dim(1) / shape.nHeads();
    View ofKeys = View.of(keys, 1, keys.dim(1), width).sharedBy(shape.group());
    scores(queries, ofKeys, width, shape.nHeads(), pattern);
    softmax(shape, pattern);
  }

  /** Products of queries, heads side by side, and keys. */
  private void scores(Tensor queries, View keys, int width, int nHeads, Tensor out) {
    int tq = out.dim(1);
    int tk = out.dim(2);
    products.multiply(
        View.of(queries, nHeads * width, 1, width),
        keys,
        new Result(out, tk, (long) tq * tk, false),
        new Sizes(nHeads, tq, tk, width, Seen.RESULT_IS_PATTERN, tk - tq));
  }

  private void softmax(AttentionShape shape, Tensor pattern) {
    ScoreRule rule = shape.rule();
    Tensor slopes = ofHeads(rule.slopes());
    Tensor sinks = ofHeads(rule.sinks());
    session.waiting().add(new Softmax(session, shape, pattern, slopes, sinks, null));
  }

  private @Nullable Tensor ofHeads(List<Float> values) {
    if (values.isEmpty()) {
      return null;
    }
    if (ofHeads.size() > MOST_RULES) {
      ofHeads.clear();
    }
    return ofHeads.computeIfAbsent(
        values,
        list -> {
          float[] floats = new float[list.size()];
          for (int h = 0; h < floats.length; h++) {
            floats[h] = list.get(h);
          }
          return uploads.resident(Tensor.of(floats, floats.length));
        });
  }

  void attend(Tensor pattern, Tensor values, Tensor out) {
    attend(pattern, values, values.dim(1), out);
  }

  private void attend(Tensor pattern, Tensor values, int capacity, Tensor out) {
    int nHeads = pattern.dim(0);
    int tq = pattern.dim(1);
    int tk = pattern.dim(2);
    int width = values.dim(2);
    products.multiply(
        View.of(pattern, tk, 1, (long) tq * tk),
        View.of(values, width, 1, (long) capacity * width).sharedBy(nHeads / values.dim(0)),
        new Result(out, nHeads * width, width, false),
        new Sizes(nHeads, tq, width, tk, Seen.LEFT_IS_PATTERN, tk - tq));
  }

  void attendCached(
      Tensor queries, Tensor keys, Tensor values, int nKeys, AttentionShape shape, Tensor out) {
    int tq = queries.dim(0);
    int width = keys.dim(2);
    int capacity = keys.dim(1);
    try (OpenClMemory scratch = session.scratch((long) shape.nHeads() * tq * nKeys)) {
      Tensor pattern = Tensor.on(scratch, 0, shape.nHeads(), tq, nKeys);
      View ofKeys = View.of(keys, 1, width, (long) capacity * width).sharedBy(shape.group());
      scores(queries, ofKeys, width, shape.nHeads(), pattern);
      softmax(shape, pattern);
      attend(pattern, values, capacity, out);
    }
  }

  // --- gradients

  void patternBackward(Tensor gradient, Tensor values, Tensor out) {
    int nHeads = out.dim(0);
    int width = values.dim(2);
    View ofValues =
        View.of(values, 1, width, (long) values.dim(1) * width).sharedBy(nHeads / values.dim(0));
    scores(gradient, ofValues, width, nHeads, out);
    session
        .launch(new Kernel("above_diagonal", ""))
        .in(out)
        .arg(out.dim(1))
        .arg(out.dim(2))
        .arg(out.size())
        .each(out.size());
  }

  void attendTransposed(Tensor pattern, Tensor rows, Tensor out) {
    int nHeads = pattern.dim(0);
    int tq = pattern.dim(1);
    int tk = pattern.dim(2);
    int width = rows.dim(1) / nHeads;
    int nKvHeads = out.dim(1) / width;
    int group = nHeads / nKvHeads;
    long ofHead = (long) tq * tk;
    for (int r = 0; r < group; r++) {
      products.multiply(
          View.of(pattern, 1, tk, group * ofHead).from(r * ofHead),
          View.of(rows, nHeads * width, 1, (long) group * width).from((long) r * width),
          new Result(out, nKvHeads * width, width, r > 0),
          new Sizes(nKvHeads, tk, width, tq, Seen.LEFT_IS_TURNED_PATTERN, tk - tq));
    }
  }

  void softmaxBackward(Tensor pattern, Tensor gradient, float scale, Tensor out) {
    session
        .launch(new Kernel("softmax_backward", ""))
        .in(pattern)
        .in(gradient)
        .arg(scale)
        .in(out)
        .arg(pattern.dim(2))
        .rows((long) pattern.dim(0) * pattern.dim(1));
  }

  // --- contributions

  void proximity(Tensor pattern, Tensor values, OpenClMatrix projection, Tensor whole, Tensor out) {
    int nHeads = pattern.dim(0);
    int group = nHeads / values.dim(0);
    int width = values.dim(2);
    long ofHead = whole.size();
    int fit = (int) Math.min(nHeads, TERMS / Math.max(1, ofHead * 4) / group * group);
    int most = Math.max(group, fit);
    try (OpenClMemory scratch = session.scratch(most * ofHead)) {
      for (int h = 0; h < nHeads; h += most) {
        int end = Math.min(nHeads, h + most);
        Tensor terms = Tensor.on(scratch, 0, end - h, whole.dim(0), whole.dim(1));
        terms(
            values.rows(h / group, end / group),
            group,
            projection.inputs(h * width, end * width),
            terms);
        proximity(pattern.rows(h, end), terms, whole, out.rows(h, end));
      }
    }
  }

  /** What every head would add at every key, if it looked at it alone. */
  private void terms(Tensor values, int group, OpenClMatrix projection, Tensor out) {
    int positions = out.dim(1);
    int width = values.dim(2);
    products.multiply(
        View.of(values, width, 1, (long) positions * width).sharedBy(group),
        projection,
        new Result(out, out.dim(2), (long) positions * out.dim(2), false),
        new Sizes(out.dim(0), positions, out.dim(2), width, Seen.ALL, 0));
  }

  private void proximity(Tensor pattern, Tensor terms, Tensor whole, Tensor out) {
    int positions = whole.dim(0);
    int tiles = (positions + SIDE * BLOCK - 1) / (SIDE * BLOCK);
    if (positions == 0) {
      return;
    }
    String options = "-DSIDE=%d -DBLOCK=%d -DDEPTH=%d".formatted(SIDE, BLOCK, DEPTH);
    session
        .launch(new Kernel("attention_proximity", options))
        .in(pattern)
        .in(terms)
        .in(whole)
        .out(out)
        .arg(positions)
        .arg(whole.dim(1))
        .run(tiles, tiles, pattern.dim(0), SIDE, SIDE);
  }
}
