package dev.limpid.model;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Positions;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The angles by which queries and keys are turned, in all layers: few layers turn in ways of their
 * own, so each way is computed once.
 */
public final class Rotations {
  private final ModelConfig config;

  /** Of each way to turn. */
  private final Map<Positions, Rotary.Angles> angles;

  private Rotations(ModelConfig config, Map<Positions, Rotary.Angles> angles) {
    this.config = config;
    this.angles = angles;
  }

  /**
   * Returns the angles of {@code count} positions from {@code first} on.
   *
   * @param whole the length of the text, of which these may be a part
   */
  static Rotations of(ModelConfig config, int first, int count, int whole) {
    Map<Positions, Rotary.Angles> angles = new LinkedHashMap<>();
    for (int l = 0; l < config.nLayers(); l++) {
      if (config.positions(l) instanceof Positions.Rotary rotary && !angles.containsKey(rotary)) {
        angles.put(rotary, Rotary.angles(rotary, config.dHead(), first, count, whole));
      }
    }
    return new Rotations(config, angles);
  }

  /**
   * Turns queries or keys of one position by its angles; nothing in a layer that does not rotate.
   *
   * @param x [n, m d], heads side by side, modified
   * @param whole the length of the text
   */
  public static void turn(Transformer model, int layer, Tensor x, int position, int whole) {
    int[] rows = new int[x.dim(0)];
    of(model.config(), position, 1, whole).of(rows).on(model.ops()).turn(model.ops(), layer, x);
  }

  /** Turns queries or keys [n, heads * d] of a layer, in place, if it turns them. */
  void turn(TensorOps ops, int layer, Tensor x) {
    Rotary.@Nullable Angles own = angles.get(config.positions(layer));
    if (own != null) {
      ops.rotate(x, config.dHead(), own.cos(), own.sin());
    }
  }

  /** Returns the same angles where these operations compute, until the scope ends. */
  Rotations on(TensorOps ops) {
    return each(angles -> angles.on(ops));
  }

  /** Returns the angles of some of the positions, in the order given, on the heap. */
  Rotations of(int[] positions) {
    return each(angles -> angles.of(positions));
  }

  /** Returns the angles that turn back, where these operations compute. */
  Rotations backOn(TensorOps ops) {
    Rotations back = on(ops);
    back.angles.values().forEach(a -> ops.scale(a.sin(), -1, a.sin()));
    return back;
  }

  private Rotations each(UnaryOperator<Rotary.Angles> change) {
    Map<Positions, Rotary.Angles> changed = new LinkedHashMap<>();
    angles.forEach((way, of) -> changed.put(way, change.apply(of)));
    return new Rotations(config, changed);
  }
}
