package dev.limpid.model.intervene;

import dev.limpid.tensor.Tensor;
import java.util.BitSet;
import java.util.List;

/**
 * What becomes of a value. To the engine, patching from another run and the mean over others are
 * values put in place, which were looked up before.
 */
public sealed interface Change {

  /** Returns what is done, in a word. */
  String verb();

  /**
   * The value times a factor; 0 is zero ablation.
   *
   * <p>Of an edge: its term, the other weights of the row stay as they are.
   */
  record Scale(float factor) implements Change {
    @Override
    public String verb() {
      return factor == 0 ? "zero" : "scale";
    }
  }

  /**
   * The value plus a vector.
   *
   * @param vector [D]; for a neuron [1]; not modified
   */
  record Add(Tensor vector) implements Change {
    @Override
    public String verb() {
      return "add";
    }
  }

  /**
   * A vector in place of the value.
   *
   * @param vector [D]; for a neuron [1]; not modified
   */
  record Put(Tensor vector) implements Change {
    @Override
    public String verb() {
      return "set";
    }
  }

  /**
   * Another mixture of values in place of that of a head or an edge, before W_O: D / d times
   * smaller than the vector it becomes.
   *
   * @param mixed [d], without the value bias; not modified
   */
  record PutMixed(Tensor mixed) implements Change {
    @Override
    public String verb() {
      return "patch";
    }
  }

  /**
   * An edge as if its score were minus infinity: the rest of the row is divided by its sum, to
   * which a sink adds its share. Where nothing is left, the row is 0; where nearly all of a row
   * beside a sink is dropped, floats know little of what is left.
   */
  record Drop() implements Change {
    @Override
    public String verb() {
      return "renormalise";
    }
  }

  /**
   * Of all terms of a layer only some are kept; in place of each other one comes the mean of that
   * term in other runs, or 0.
   *
   * @param nPositions T, that terms are numbered with
   * @param kept the terms that are kept, by {@link Site.Terms#index}
   * @param others the runs that the other terms are taken from; none for 0
   */
  record KeepTerms(int nPositions, BitSet kept, List<Mixture> others) implements Change {
    /** Copies both. */
    public KeepTerms {
      kept = (BitSet) kept.clone();
      others = List.copyOf(others);
    }

    @Override
    public String verb() {
      return "keep";
    }
  }

  /**
   * Attention that looks where it looked in another run, instead of where its scores say.
   *
   * @param pattern [H, T, T]; not modified
   */
  record PutPattern(Tensor pattern) implements Change {
    @Override
    public String verb() {
      return "freeze";
    }
  }

  /**
   * What the terms of a layer are made of in a run of as many tokens.
   *
   * @param pattern [H, T, T]; not modified
   * @param value [K, T, d], without bias; not modified
   */
  record Mixture(Tensor pattern, Tensor value) {}
}
