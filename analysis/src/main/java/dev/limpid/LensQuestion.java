package dev.limpid;

import dev.limpid.model.LayerTrace;
import dev.limpid.tensor.Tensor;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which states are read as predictions.
 *
 * @param state of each layer
 * @param layers from 0
 * @param positions from 0
 * @param top how many tokens each reading lists, at least 1
 * @param chosen a token whose rank is told in each state, or null
 * @param raw whether the head reads states as they are, without the final norm
 */
public record LensQuestion(
    State state,
    List<Integer> layers,
    List<Integer> positions,
    int top,
    @Nullable Integer chosen,
    boolean raw) {

  /** Copies the lists and checks the number. */
  public LensQuestion {
    layers = List.copyOf(layers);
    positions = List.copyOf(positions);
    if (top < 1) {
      throw new IllegalArgumentException(top + " is not a number of tokens");
    }
  }

  /** Asks for what the model would predict, by the final norm and the head. */
  public LensQuestion(
      State state,
      List<Integer> layers,
      List<Integer> positions,
      int top,
      @Nullable Integer chosen) {
    this(state, layers, positions, top, chosen, false);
  }

  /** Asks for the most probable tokens alone. */
  public LensQuestion(State state, List<Integer> layers, List<Integer> positions, int top) {
    this(state, layers, positions, top, null);
  }

  /** Returns how many states are read. */
  int size() {
    return layers.size() * positions.size();
  }

  /** The states of a layer that a lens can read. */
  public enum State {
    /** In front of the layer. */
    RESID_PRE,
    /** After its attention. */
    RESID_MID,
    /** After its MLP. */
    RESID_POST;

    Tensor of(LayerTrace layer) {
      return switch (this) {
        case RESID_PRE -> layer.residPre();
        case RESID_MID -> layer.residMid();
        case RESID_POST -> layer.residPost();
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
