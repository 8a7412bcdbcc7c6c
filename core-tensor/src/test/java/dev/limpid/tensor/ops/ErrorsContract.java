package dev.limpid.tensor.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.ShapeException;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Samples.Storage;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What an implementation says of itself and of arguments that do not fit. */
public interface ErrorsContract extends ContractSubject {

  @Test
  default void nameThemselves() {
    assertThat(ops().name()).matches("[a-z]+");
    assertThat(ops().description()).isNotBlank();
    assertThat(ops().threads()).isPositive();
    Tensor weight = new Samples(42).weight(Storage.HEAP, 3, 2);
    assertThat(ops().pack(weight, WeightLayout.OUT_IN).dtype()).isEqualTo(DType.F32);
  }

  @Test
  default void errorsNameTheOperation() {
    PackedMatrix weight = ops().packBothWays(Tensor.zeros(3, 2), WeightLayout.OUT_IN);
    Tensor x = ops().zeros(4, 5);
    misfit("matmul", () -> ops().matmul(x, weight, null, zeros(4, 3)));
    misfit("matmul", () -> ops().matmul(zeros(4, 2), weight, null, x));
    misfit("matmul", () -> ops().matmul(zeros(4, 2), weight, zeros(4), zeros(4, 3)));
    misfit("matmulTransposed", () -> ops().matmulTransposed(x, weight, zeros(4, 2)));
    misfit("matmulTransposed", () -> ops().matmulTransposed(zeros(4, 3), weight, x));
    misfit("embed", () -> ops().embed(x, new int[] {1}, zeros(1, 4)));
    misfit("layerNorm", () -> ops().layerNorm(x, zeros(4), null, 1, x));
    misfit("rmsNorm", () -> ops().rmsNorm(x, zeros(4), 1, x));
    misfit("normScales", () -> ops().normScales(x, true, 1, zeros(5)));
    misfit("embedScaled", () -> ops().embedScaled(x, new int[] {1}, new float[2], zeros(1, 5)));
    misfit("multiplyRows", () -> ops().multiplyRows(x, zeros(4), x));
    misfit("multiplyRows", () -> ops().multiplyRows(x, zeros(5), zeros(5, 4)));
    misfit("sumTerms", () -> ops().sumTerms(zeros(4, 2, 5), List.of(), zeros(4, 4)));
    misfit("sumTerms", () -> ops().sumTerms(zeros(4, 2, 5), List.of(zeros(3, 5)), zeros(4, 5)));
    misfit("clip", () -> ops().clip(x, 1, zeros(5, 4)));
    misfit("clampedGate", () -> ops().clampedGate(x, x, 1, 1, zeros(5, 4)));
    misfit("rotate", () -> ops().rotate(x, 3, zeros(4, 1), zeros(4, 1)));
    misfit("splitHeads", () -> ops().splitHeads(x, zeros(2, 4, 2), 0));
    misfit("splitHeads", () -> ops().splitHeads(x, zeros(1, 4, 5), 1));
    AttentionShape two = new AttentionShape(2, 1, 1, 9);
    AttentionShape one = new AttentionShape(1, 1, 1, 9);
    misfit("causalPattern", () -> ops().causalPattern(x, x, two, zeros(2, 4, 4)));
    misfit("causalPattern", () -> ops().causalPattern(x, x, one, zeros(2, 4, 4)));
    misfit("attend", () -> ops().attend(zeros(2, 4, 4), zeros(1, 3, 5), x));
    Tensor cache = ops().zeros(1, 6, 5);
    misfit("attendCached", () -> ops().attendCached(x, cache, cache, 3, one, x));
    misfit("attendCached", () -> ops().attendCached(x, cache, cache, 7, one, x));
    misfit("attendCached", () -> ops().attendCached(x, cache, cache, 6, two, x));
    AttentionShape twoKeyHeads = new AttentionShape(2, 2, 1, 9);
    misfit(
        "attendCached",
        () -> ops().attendCached(zeros(4, 10), cache, cache, 6, twoKeyHeads, zeros(4, 10)));
    misfit("activate", () -> ops().activate(Activation.RELU, x, zeros(5, 4)));
    misfit("multiply", () -> ops().multiply(x, x, zeros(5, 4)));
    misfit("add", () -> ops().add(x, zeros(20), x));
    misfit("subtract", () -> ops().subtract(x, x, zeros(4, 4)));
    misfit("scale", () -> ops().scale(x, 2, zeros(5, 4)));
    misfit("layerNormBackward", () -> ops().layerNormBackward(x, null, 1, true, zeros(4, 4), x));
    misfit("layerNormBackward", () -> ops().layerNormBackward(x, zeros(4), 1, true, x, x));
    misfit("rmsNormBackward", () -> ops().rmsNormBackward(x, zeros(5), 1, true, x, zeros(5, 4)));
    misfit("slope", () -> ops().slope(Activation.RELU, Slope.TANGENT, x, zeros(5, 4)));
    misfit("patternBackward", () -> ops().patternBackward(x, zeros(1, 3, 5), zeros(1, 4, 4)));
    misfit("patternBackward", () -> ops().patternBackward(x, zeros(1, 4, 5), zeros(2, 4, 4)));
    misfit("attendTransposed", () -> ops().attendTransposed(zeros(2, 4, 4), x, zeros(4, 5)));
    misfit("attendTransposed", () -> ops().attendTransposed(zeros(1, 4, 3), x, x));
    misfit("softmaxBackward", () -> ops().softmaxBackward(x, x, 1, x));
    misfit(
        "softmaxBackward",
        () -> ops().softmaxBackward(zeros(1, 4, 4), zeros(1, 4, 4), 1, zeros(1, 4, 3)));
    misfit("proximity", () -> ops().proximity(x, x, zeros(5)));
    misfit(
        "attentionProximity",
        () -> ops().attentionProximity(zeros(1, 4, 4), zeros(1, 4, 2), weight, x, x));
    List<Tensor> parts = List.of(zeros(4));
    misfit("normaliseParts", () -> ops().normaliseParts(x, parts, x, 0, zeros(4)));
    misfit("normaliseParts", () -> ops().normaliseParts(null, parts, x, 0, zeros(5)));
    misfit("normaliseParts", () -> ops().normaliseParts(null, List.of(x), x, 0, zeros(4)));
    misfit("outputs", () -> ops().pack(Tensor.zeros(4, 5), WeightLayout.OUT_IN, 2, 5));
  }

  private Tensor zeros(int... dims) {
    return ops().zeros(dims);
  }

  private static void misfit(String operation, ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(ShapeException.class).hasMessageContaining(operation);
  }
}
