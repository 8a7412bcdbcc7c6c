package dev.limpid;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which states are read as predictions.
 *
 * @param states of each layer, at least one
 * @param layers from 0
 * @param positions from 0
 * @param top how many tokens each reading lists, at least 1
 * @param chosen a token whose rank is told in each state, or null
 * @param raw whether the head reads states as they are, without the final norm
 */
public record LensQuestion(
    List<State> states,
    List<Integer> layers,
    List<Integer> positions,
    int top,
    @Nullable Integer chosen,
    boolean raw) {

  /** Copies the lists and checks the number. */
  public LensQuestion {
    states = List.copyOf(states);
    layers = List.copyOf(layers);
    positions = List.copyOf(positions);
    if (states.isEmpty()) {
      throw new IllegalArgumentException("no states to read");
    }
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
    this(List.of(state), layers, positions, top, chosen, false);
  }

  /** Asks for the most probable tokens alone. */
  public LensQuestion(State state, List<Integer> layers, List<Integer> positions, int top) {
    this(state, layers, positions, top, null);
  }

  /** Returns the states that are read: layer by layer, each kind after the other. */
  List<LensReader.Asked> asked() {
    List<LensReader.Asked> asked = new ArrayList<>();
    for (int layer : layers) {
      for (State state : states) {
        for (int position : positions) {
          asked.add(new LensReader.Asked(layer, state, position));
        }
      }
    }
    return asked;
  }

  /** The states of a layer that a lens can read. */
  public enum State {
    /** In front of the layer. */
    RESID_PRE,
    /** After its attention. */
    RESID_MID,
    /** After its MLP. */
    RESID_POST;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
