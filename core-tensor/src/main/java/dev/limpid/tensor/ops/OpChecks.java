package dev.limpid.tensor.ops;

import dev.limpid.tensor.ShapeException;
import dev.limpid.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The argument checks every implementation of {@link TensorOps} makes at entry, written once. */
public final class OpChecks {
  private OpChecks() {}

  /** Checks the arguments of {@link TensorOps#pack}. */
  public static void pack(Tensor weight, WeightLayout layout, int from, int to) {
    rank("pack", "weight", weight, 2);
    int outputs = weight.dim(layout == WeightLayout.OUT_IN ? 0 : 1);
    if (from < 0 || to < from || to > outputs) {
      throw new ShapeException(
          "outputs %d to %d of a weight %s stored %s".formatted(from, to, weight.shape(), layout));
    }
  }

  /** Checks the arguments of {@link TensorOps#matmul}. */
  public static void matmul(Tensor x, PackedMatrix weight, @Nullable Tensor bias, Tensor out) {
    rank("matmul", "x", x, 2);
    if (x.dim(1) != weight.inputs()) {
      throw new ShapeException(
          "shape mismatch in matmul: x %s, weight [%d, %d]"
              .formatted(x.shape(), weight.outputs(), weight.inputs()));
    }
    if (bias != null) {
      bias.shape().require("matmul", "bias", weight.outputs());
    }
    out.shape().require("matmul", "out", x.dim(0), weight.outputs());
  }

  /** Checks the arguments of {@link TensorOps#matmulTransposed}. */
  public static void matmulTransposed(Tensor x, PackedMatrix weight, Tensor out) {
    rank("matmulTransposed", "x", x, 2);
    if (x.dim(1) != weight.outputs()) {
      throw new ShapeException(
          "shape mismatch in matmulTransposed: x %s, weight [%d, %d]"
              .formatted(x.shape(), weight.outputs(), weight.inputs()));
    }
    out.shape().require("matmulTransposed", "out", x.dim(0), weight.inputs());
  }

  /** Checks the arguments of {@link TensorOps#embed}. */
  public static void embed(Tensor table, int[] ids, Tensor out) {
    rank("embed", "table", table, 2);
    out.shape().require("embed", "out", ids.length, table.dim(1));
    for (int id : ids) {
      if (id < 0 || id >= table.dim(0)) {
        throw new IndexOutOfBoundsException(
            "embed: id " + id + " is not in a table of " + table.dim(0) + " rows");
      }
    }
  }

  /** Checks the arguments of the two norms. */
  public static void norm(
      String operation, Tensor x, @Nullable Tensor gain, @Nullable Tensor bias, Tensor out) {
    rank(operation, "x", x, 2);
    if (gain != null) {
      gain.shape().require(operation, "gain", x.dim(1));
    }
    if (bias != null) {
      bias.shape().require(operation, "bias", x.dim(1));
    }
    sameShape(operation, x, out);
  }

  /** Checks the arguments of {@link PlainOps#normScales}. */
  public static void normScales(Tensor x, Tensor out) {
    rank("normScales", "x", x, 2);
    out.shape().require("normScales", "out", x.dim(0));
  }

  /** Checks the arguments of {@link PlainOps#embedScaled}. */
  public static void embedScaled(Tensor table, int[] ids, float[] factors, Tensor out) {
    embed(table, ids, out);
    if (factors.length != ids.length) {
      throw new ShapeException(
          "shape mismatch in embedScaled: %d ids, %d factors"
              .formatted(ids.length, factors.length));
    }
  }

  /** Checks the arguments of {@link PlainOps#multiplyRows}. */
  public static void multiplyRows(Tensor x, Tensor factors, Tensor out) {
    rank("multiplyRows", "x", x, 2);
    sameShape("multiplyRows", x, out);
    if (factors.size() != x.dim(1)) {
      throw new ShapeException(
          "shape mismatch in multiplyRows: x %s, factors %s".formatted(x.shape(), factors.shape()));
    }
  }

  /** Checks the arguments of {@link PlainOps#sumTerms}. */
  public static void sumTerms(Tensor terms, List<Tensor> others, Tensor out) {
    rank("sumTerms", "terms", terms, 3);
    out.shape().require("sumTerms", "out", terms.dim(0), terms.dim(2));
    others.forEach(other -> sameShape("sumTerms", other, out));
    if (others.size() > 2) {
      throw new IllegalArgumentException("sumTerms: %d others, at most 2".formatted(others.size()));
    }
  }

  /** Checks the arguments of {@link TensorOps#rotate}. */
  public static void rotate(Tensor x, int dHead, Tensor cos, Tensor sin) {
    rank("rotate", "x", x, 2);
    rank("rotate", "cos", cos, 2);
    sameShape("rotate", cos, sin);
    if (dHead <= 0 || x.dim(1) % dHead != 0 || cos.dim(0) != x.dim(0) || 2 * cos.dim(1) > dHead) {
      throw new ShapeException(
          "shape mismatch in rotate: x %s, heads of %d, angles %s"
              .formatted(x.shape(), dHead, cos.shape()));
    }
  }

  /** Checks the arguments of {@link TensorOps#splitHeads}. */
  public static void splitHeads(Tensor x, Tensor out, int first) {
    rank("splitHeads", "x", x, 2);
    rank("splitHeads", "out", out, 3);
    if (x.dim(1) != out.dim(0) * out.dim(2) || first < 0 || x.dim(0) > out.dim(1) - first) {
      throw new ShapeException(
          "shape mismatch in splitHeads: x %s, out %s from position %d on"
              .formatted(x.shape(), out.shape(), first));
    }
  }

  /** Checks the arguments of {@link TensorOps#causalPattern}. */
  public static void causalPattern(
      Tensor queries, Tensor keys, AttentionShape shape, Tensor pattern) {
    rank("causalPattern", "queries", queries, 2);
    rank("causalPattern", "keys", keys, 2);
    int dHead = queries.dim(1) / shape.nHeads();
    if (dHead * shape.nHeads() != queries.dim(1)
        || dHead * shape.nKvHeads() != keys.dim(1)
        || queries.dim(0) > keys.dim(0)) {
      throw new ShapeException(
          "shape mismatch in causalPattern: queries %s of %d heads, keys %s of %d heads"
              .formatted(queries.shape(), shape.nHeads(), keys.shape(), shape.nKvHeads()));
    }
    pattern
        .shape()
        .require("causalPattern", "pattern", shape.nHeads(), queries.dim(0), keys.dim(0));
  }

  /** Checks the arguments of {@link TensorOps#attend}. */
  public static void attend(Tensor pattern, Tensor values, Tensor out) {
    heads("attend", pattern, values);
    out.shape().require("attend", "out", pattern.dim(1), pattern.dim(0) * values.dim(2));
  }

  /** Checks the arguments of {@link TensorOps#attendCached}. */
  public static void attendCached(
      Tensor queries, Tensor keys, Tensor values, int nKeys, AttentionShape shape, Tensor out) {
    rank("attendCached", "queries", queries, 2);
    rank("attendCached", "keys", keys, 3);
    sameShape("attendCached", keys, values);
    sameShape("attendCached", queries, out);
    if (shape.nKvHeads() != keys.dim(0)
        || shape.nHeads() * keys.dim(2) != queries.dim(1)
        || queries.dim(0) > nKeys
        || nKeys > keys.dim(1)) {
      throw new ShapeException(
          "shape mismatch in attendCached: queries %s of %d heads, %d keys of %s of %d heads"
              .formatted(queries.shape(), shape.nHeads(), nKeys, keys.shape(), shape.nKvHeads()));
    }
  }

  /** Checks the arguments of the gradients of the two norms. */
  public static void normBackward(
      String operation, Tensor x, @Nullable Tensor gain, Tensor gradient, Tensor out) {
    norm(operation, x, gain, null, out);
    sameShape(operation, x, gradient);
  }

  /** Checks the arguments of {@link TensorOps#patternBackward}. */
  public static void patternBackward(Tensor gradient, Tensor values, Tensor out) {
    heads("patternBackward", out, values);
    gradient.shape().require("patternBackward", "gradient", out.dim(1), out.dim(0) * values.dim(2));
  }

  /** Checks the arguments of {@link TensorOps#attendTransposed}. */
  public static void attendTransposed(Tensor pattern, Tensor rows, Tensor out) {
    rank("attendTransposed", "pattern", pattern, 3);
    rank("attendTransposed", "rows", rows, 2);
    rank("attendTransposed", "out", out, 2);
    int nHeads = pattern.dim(0);
    int dHead = rows.dim(1) / nHeads;
    int nKvHeads = dHead == 0 ? 0 : out.dim(1) / dHead;
    if (dHead * nHeads != rows.dim(1)
        || nKvHeads * dHead != out.dim(1)
        || nKvHeads == 0
        || nHeads % nKvHeads != 0
        || pattern.dim(1) != rows.dim(0)
        || pattern.dim(2) != out.dim(0)) {
      throw new ShapeException(
          "shape mismatch in attendTransposed: pattern %s, rows %s, out %s"
              .formatted(pattern.shape(), rows.shape(), out.shape()));
    }
  }

  /** Checks the arguments of {@link TensorOps#softmaxBackward}. */
  public static void softmaxBackward(Tensor pattern, Tensor gradient, Tensor out) {
    rank("softmaxBackward", "pattern", pattern, 3);
    sameShape("softmaxBackward", pattern, gradient);
    sameShape("softmaxBackward", pattern, out);
  }

  /** Checks the arguments of {@link TensorOps#proximity}. */
  public static void proximity(Tensor part, Tensor whole, Tensor out) {
    rank("proximity", "part", part, 2);
    sameShape("proximity", part, whole);
    out.shape().require("proximity", "out", part.dim(0));
  }

  /** Checks the arguments of {@link TensorOps#attentionProximity}. */
  public static void attentionProximity(
      Tensor pattern, Tensor values, PackedMatrix projection, Tensor whole, Tensor out) {
    bothWays("attentionProximity", projection);
    heads("attentionProximity", pattern, values);
    int nHeads = pattern.dim(0);
    int t = pattern.dim(1);
    pattern.shape().require("attentionProximity", "pattern", nHeads, t, t);
    rank("attentionProximity", "whole", whole, 2);
    if (projection.inputs() != nHeads * values.dim(2)
        || projection.outputs() != whole.dim(1)
        || whole.dim(0) != t) {
      throw new ShapeException(
          "shape mismatch in attentionProximity: pattern %s, values %s, projection [%d, %d], whole %s"
              .formatted(
                  pattern.shape(),
                  values.shape(),
                  projection.outputs(),
                  projection.inputs(),
                  whole.shape()));
    }
    out.shape().require("attentionProximity", "out", nHeads, t * (t + 1) / 2);
  }

  /** Checks the arguments of {@link TensorOps#normaliseParts}. */
  public static void normaliseParts(
      @Nullable Tensor terms, List<Tensor> others, Tensor whole, float floor, Tensor cancelling) {
    rank("normaliseParts", "whole", whole, 2);
    int t = whole.dim(0);
    if (terms != null) {
      rank("normaliseParts", "terms", terms, 2);
      terms.shape().require("normaliseParts", "terms", terms.dim(0), t * (t + 1) / 2);
    }
    for (Tensor part : others) {
      part.shape().require("normaliseParts", "others", t);
    }
    cancelling.shape().require("normaliseParts", "cancelling", t);
    if (!(floor >= 0)) {
      throw new IllegalArgumentException("normaliseParts: a floor of " + floor);
    }
  }

  /** Checks the arguments of {@link TensorOps#keysAbove}; returns T. */
  public static int keysAbove(Tensor terms) {
    rank("keysAbove", "terms", terms, 2);
    int t = (int) Math.round(Math.sqrt(2.0 * terms.dim(1) + 0.25) - 0.5);
    terms.shape().require("keysAbove", "terms", terms.dim(0), t * (t + 1) / 2);
    return t;
  }

  /** Checks that two tensors have the same shape. */
  public static void sameShape(String operation, Tensor a, Tensor b) {
    if (!a.shape().equals(b.shape())) {
      throw new ShapeException(
          "shape mismatch in " + operation + ": " + a.shape() + " and " + b.shape());
    }
  }

  private static void bothWays(String operation, PackedMatrix weight) {
    if (!weight.bothWays()) {
      throw new IllegalArgumentException(
          operation
              + ": a weight [%d, %d] packed in one direction; use packBothWays"
                  .formatted(weight.outputs(), weight.inputs()));
    }
  }

  private static void heads(String operation, Tensor pattern, Tensor values) {
    rank(operation, "pattern", pattern, 3);
    rank(operation, "values", values, 3);
    if (pattern.dim(0) % values.dim(0) != 0 || pattern.dim(2) != values.dim(1)) {
      throw new ShapeException(
          "shape mismatch in %s: pattern %s, values %s"
              .formatted(operation, pattern.shape(), values.shape()));
    }
  }

  private static void rank(String operation, String argument, Tensor x, int rank) {
    if (x.shape().rank() != rank) {
      throw new ShapeException(
          "shape mismatch in %s: %s is %s, expected %d axes"
              .formatted(operation, argument, x.shape(), rank));
    }
  }
}
