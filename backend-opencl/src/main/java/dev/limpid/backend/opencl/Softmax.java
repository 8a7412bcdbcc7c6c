package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.AttentionShape;
import dev.limpid.tensor.ops.ScoreRule;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Scores that become probabilities in place, and heads of values that are split beside that.
 *
 * @param pattern [H, Tq, Tk]
 * @param slopes of the heads, as the rule of the shape says; null where it has none
 * @param sinks likewise
 * @param split null for nothing
 */
record Softmax(
    Session session,
    AttentionShape shape,
    Tensor pattern,
    @Nullable Tensor slopes,
    @Nullable Tensor sinks,
    @Nullable HeadSplit split)
    implements Step {

  @Override
  public Optional<Step> with(Step next) {
    if (next instanceof HeadSplit heads
        && split == null
        && heads.moves().size() == 1
        && heads.moves().stream()
            .allMatch(move -> Step.apart(List.of(pattern), List.of(move.x(), move.out())))) {
      return Optional.of(new Softmax(session, shape, pattern, slopes, sinks, heads));
    }
    return Optional.empty();
  }

  @Override
  public void launch() {
    ScoreRule rule = shape.rule();
    int kind = slopes == null ? 0 : rule.rounding() == ScoreRule.Rounding.NONE ? 1 : 2;
    String options =
        "-DCAP=%d -DSLOPES=%d -DSINKS=%d -DSPLITS=%d"
            .formatted(rule.cap() == 0 ? 0 : 1, kind, sinks == null ? 0 : 1, split == null ? 0 : 1);
    Launch launch =
        session
            .launch(new Kernel("causal_softmax", options))
            .in(pattern)
            .in(slopes == null ? pattern : slopes)
            .in(sinks == null ? pattern : sinks)
            .arg(pattern.dim(1))
            .arg(pattern.dim(2))
            .arg(shape.scale())
            .arg(rule.cap())
            .arg(shape.window());
    if (split != null) {
      split.addTo(launch);
    }
    launch.rows((long) pattern.dim(0) * pattern.dim(1));
  }
}
