package dev.limpid.model;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys and values of a text that a model has already run, so that more of it can be run without
 * running the beginning again; see {@link Transformer#extend}.
 *
 * <p>It belongs to one text and is not safe to share between threads; the model it was filled by
 * stays so. It takes 2 L K d floats a position, and grows with the text up to the context.
 */
public final class KeyValueCache {
  private static final int SMALLEST = 64;

  /** A layer's keys and values, [K, capacity, d] each, so that a head's lie one after the other. */
  private record Layer(Tensor keys, Tensor values) {}

  private final List<Layer> layers = new ArrayList<>();
  private final List<Integer> tokens = new ArrayList<>();
  private int capacity;
  private boolean turnedAsLong;

  /** Creates a cache that holds nothing yet. */
  public KeyValueCache() {}

  /** Returns the number of positions it holds. */
  public int length() {
    return tokens.size();
  }

  /** Returns the ids it holds keys and values of. */
  List<Integer> tokens() {
    return List.copyOf(tokens);
  }

  /**
   * Forgets all but the first {@code length} positions, so that the text can go on in another way.
   *
   * @throws IllegalArgumentException if it holds fewer
   */
  public void truncate(int length) {
    if (length < 0 || length > length()) {
      throw new IllegalArgumentException(
          "cannot keep %d positions of a cache that holds %d".formatted(length, length()));
    }
    tokens.subList(length, length()).clear();
  }

  /** Returns the keys of a layer, [K, capacity, d]; positions are in them. */
  Tensor keys(int layer) {
    return layers.get(layer).keys;
  }

  /** Returns the values of a layer without their bias, [K, capacity, d]. */
  Tensor values(int layer) {
    return layers.get(layer).values;
  }

  /**
   * Returns whether what it holds was turned by the angles of texts that are as long as one.
   *
   * @param isLong whether that text is turned by the angles of long ones
   */
  boolean isTurnedAs(boolean isLong) {
    return length() == 0 || turnedAsLong == isLong;
  }

  /** Says by which angles what is written next is turned. */
  void turnAs(boolean isLong) {
    turnedAsLong = isLong;
  }

  /** Makes room for n more positions, which the context must have. */
  void reserve(ModelConfig config, TensorOps ops, int n) {
    if (!layers.isEmpty() && (layers.size() != config.nLayers() || !fits(config))) {
      throw new IllegalArgumentException("the cache was filled by a model of another shape");
    }
    if (length() + n <= capacity) {
      return;
    }
    long enough = Math.max(length() + n, Math.max(SMALLEST, 2L * capacity));
    int larger = (int) Math.min(enough, config.nContext());
    List<Layer> grown = new ArrayList<>();
    for (int l = 0; l < config.nLayers(); l++) {
      // Made to stay: the text goes on after any scope that this is called in.
      Tensor keys = ops.resident(Tensor.zeros(config.nKvHeads(), larger, config.dHead()));
      Tensor values = ops.resident(Tensor.zeros(config.nKvHeads(), larger, config.dHead()));
      if (capacity > 0) {
        copy(ops, keys(l), keys);
        copy(ops, values(l), values);
      }
      grown.add(new Layer(keys, values));
    }
    layers.clear();
    layers.addAll(grown);
    capacity = larger;
  }

  /** Takes in the tokens whose keys and values were written behind the last. */
  void advance(List<Integer> written) {
    tokens.addAll(written);
  }

  private boolean fits(ModelConfig config) {
    return keys(0).dim(0) == config.nKvHeads() && keys(0).dim(2) == config.dHead();
  }

  private void copy(TensorOps ops, Tensor from, Tensor to) {
    for (int h = 0; h < from.dim(0); h++) {
      ops.copy(from.row(h).rows(0, length()), to.row(h).rows(0, length()));
    }
  }
}
