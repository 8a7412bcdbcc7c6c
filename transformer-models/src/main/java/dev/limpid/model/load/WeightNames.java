package dev.limpid.model.load;

import dev.limpid.model.load.lora.BaseNames;
import dev.limpid.tensor.ops.WeightLayout;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a family calls its weights; {@code .weight} and {@code .bias} come after each name. A weight
 * without a name is one that the family does not have; some have one of several names.
 *
 * @param prefixes what may stand in front of all names but the head's; checkpoints differ
 * @param block what stands, after the prefix, in front of the names of layer %d
 * @param layout how linear maps are stored
 * @param rows how the rows of queries, keys and values are stored
 * @param wholeGains whether 1 has been added to all gains that it should be added to
 */
record WeightNames(
    List<String> prefixes,
    String block,
    WeightLayout layout,
    Rows rows,
    boolean wholeGains,
    Map<Weight, List<String>> names) {

  /**
   * How the rows of queries, keys and values are stored.
   *
   * @param fused in which order, where they lie in one matrix
   * @param pairs which rows of a head a rotation turns together
   */
  record Rows(Fused fused, Pairs pairs) {}

  /** The order of queries, keys and values in one matrix. */
  enum Fused {
    /** All queries, all keys, all values. */
    BY_KIND,
    /** For each key head: its queries, its key, its value. */
    BY_KEY_HEAD
  }

  /** The rows of a head that a rotation turns together, of the n that it turns. */
  enum Pairs {
    /** i and i + n/2. */
    HALVES,
    /** 2i and 2i + 1. */
    ADJACENT
  }

  /** Copies the list and the map. */
  WeightNames {
    prefixes = List.copyOf(prefixes);
    EnumMap<Weight, List<String>> copy = new EnumMap<>(Weight.class);
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
    return new WeightNames(
        List.of(""),
        block,
        WeightLayout.OUT_IN,
        new Rows(Fused.BY_KIND, Pairs.HALVES),
        false,
        Map.of(Weight.HEAD, List.of("lm_head")));
  }

  /** Returns the same names behind one of these prefixes. */
  WeightNames withPrefixes(String... others) {
    return new WeightNames(List.of(others), block, layout, rows, wholeGains, names);
  }

  /** Returns the same names of linear maps that are stored in another way. */
  WeightNames withLayout(WeightLayout other) {
    return new WeightNames(prefixes, block, other, rows, wholeGains, names);
  }

  /** Returns the same names of queries, keys and values that lie in one matrix in that order. */
  WeightNames withFused(Fused order) {
    return new WeightNames(prefixes, block, layout, new Rows(order, rows.pairs), wholeGains, names);
  }

  /** Returns the same names of heads whose rows a rotation turns in those pairs. */
  WeightNames withPairs(Pairs pairs) {
    return new WeightNames(prefixes, block, layout, new Rows(rows.fused, pairs), wholeGains, names);
  }

  /**
   * Returns the same names, and that of one more weight, or others of it: one of them is stored.
   */
  WeightNames with(Weight weight, String... ofIt) {
    Map<Weight, List<String>> more = new EnumMap<>(names);
    more.put(weight, List.of(ofIt));
    return new WeightNames(prefixes, block, layout, rows, wholeGains, more);
  }

  /** Returns the same names without those of some weights. */
  WeightNames without(Weight... weights) {
    Map<Weight, List<String>> fewer = new EnumMap<>(names);
    for (Weight weight : weights) {
      fewer.remove(weight);
    }
    return new WeightNames(prefixes, block, layout, rows, wholeGains, fewer);
  }

  /**
   * Returns the names under which GGUF files hold the same weights: queries, keys and values in one
   * matrix or in three, as the converter was asked; gate and up of a shared expert in two; gains
   * whole, where a family adds 1 to its own.
   */
  WeightNames inGguf() {
    Map<Weight, List<String>> gguf = new EnumMap<>(Weight.class);
    names.keySet().forEach(weight -> gguf.put(weight, List.of(weight.inGguf())));
    for (Weight weight : List.of(Weight.QUERY, Weight.KEY, Weight.VALUE, Weight.FUSED_QKV)) {
      gguf.put(weight, List.of(weight.inGguf()));
    }
    if (has(Weight.ROUTER)) {
      for (Weight weight : List.of(Weight.EXPERTS_GATE, Weight.EXPERTS_UP, Weight.EXPERTS_DOWN)) {
        gguf.put(weight, List.of(weight.inGguf()));
      }
    }
    if (gguf.remove(Weight.SHARED_GATE_UP) != null) {
      for (Weight weight : List.of(Weight.SHARED_GATE, Weight.SHARED_UP)) {
        gguf.put(weight, List.of(weight.inGguf()));
      }
    }
    // GPT-2's linear maps, too, are stored by outputs there.
    return new WeightNames(
        List.of(""),
        "blk.%d.",
        WeightLayout.OUT_IN,
        new Rows(Fused.BY_KIND, Pairs.HALVES),
        true,
        gguf);
  }

  /**
   * Returns what an adapter has to know of these names.
   *
   * @param stored the names of a checkpoint's tensors
   * @param tied whether one table is embedding and head
   */
  BaseNames ofBase(Set<String> stored, boolean tied) {
    Pattern linear =
        Pattern.compile("(^|.*\\.)" + block.replace(".", "\\.").replace("%d", "\\d+") + ".*");
    return new BaseNames(
        prefixes,
        of(Weight.EMBEDDING),
        of(Weight.HEAD, name -> stored.contains(name + ".weight")),
        tied,
        name -> layout == WeightLayout.IN_OUT && linear.matcher(name).matches());
  }

  /** Returns whether the family has a weight. */
  boolean has(Weight weight) {
    return names.containsKey(weight);
  }

  /**
   * Returns the name of a weight, the first of several.
   *
   * @throws IllegalStateException if the family has no such weight
   */
  String of(Weight weight) {
    return of(weight, name -> false);
  }

  /**
   * Returns the name of a weight: of several the first that is stored, or else the first.
   *
   * @throws IllegalStateException if the family has no such weight
   */
  String of(Weight weight, Predicate<String> isStored) {
    @Nullable List<String> ofIt = names.get(weight);
    if (ofIt == null) {
      throw new IllegalStateException("there is no name for " + weight + ", which the model needs");
    }
    return ofIt.stream().filter(isStored).findFirst().orElse(ofIt.getFirst());
  }
}
