package dev.limpid.model.load;

import dev.limpid.tensor.ops.WeightLayout;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a family calls its weights; {@code .weight} and {@code .bias} come after each name. A weight
 * without a name is one that the family does not have.
 *
 * @param prefixes what may stand in front of all names but the head's; checkpoints differ
 * @param block what stands, after the prefix, in front of the names of layer %d
 * @param layout how linear maps are stored
 */
record WeightNames(
    List<String> prefixes, String block, WeightLayout layout, Map<Weight, String> names) {

  /** Copies the list and the map. */
  WeightNames {
    prefixes = List.copyOf(prefixes);
    EnumMap<Weight, String> copy = new EnumMap<>(Weight.class);
    copy.putAll(names);
    names = Collections.unmodifiableMap(copy);
  }

  /**
   * Returns no names yet but the usual one of the head; nothing stands in front of names, and
   * linear maps are stored by outputs.
   *
   * @param block what stands in front of the names of layer %d
   */
  static WeightNames ofLayers(String block) {
    return new WeightNames(List.of(""), block, WeightLayout.OUT_IN, Map.of(Weight.HEAD, "lm_head"));
  }

  /** Returns the same names behind one of these prefixes. */
  WeightNames withPrefixes(String... others) {
    return new WeightNames(List.of(others), block, layout, names);
  }

  /** Returns the same names of linear maps that are stored in another way. */
  WeightNames withLayout(WeightLayout other) {
    return new WeightNames(prefixes, block, other, names);
  }

  /** Returns the same names, and that of one more weight or another one of it. */
  WeightNames with(Weight weight, String name) {
    Map<Weight, String> more = new EnumMap<>(names);
    more.put(weight, name);
    return new WeightNames(prefixes, block, layout, more);
  }

  /** Returns the same names without that of one weight. */
  WeightNames without(Weight weight) {
    Map<Weight, String> fewer = new EnumMap<>(names);
    fewer.remove(weight);
    return new WeightNames(prefixes, block, layout, fewer);
  }

  /** Returns the names under which GGUF files hold the same weights. */
  WeightNames inGguf() {
    Map<Weight, String> gguf = new EnumMap<>(Weight.class);
    names.keySet().forEach(weight -> gguf.put(weight, weight.inGguf()));
    return new WeightNames(List.of(""), "blk.%d.", WeightLayout.OUT_IN, gguf); // GPT-2's too
  }

  /** Returns whether the family has a weight. */
  boolean has(Weight weight) {
    return names.containsKey(weight);
  }

  /**
   * Returns the name of a weight.
   *
   * @throws IllegalStateException if the family has no such weight
   */
  String of(Weight weight) {
    @Nullable String name = names.get(weight);
    if (name == null) {
      throw new IllegalStateException("there is no name for " + weight + ", which the model needs");
    }
    return name;
  }
}
