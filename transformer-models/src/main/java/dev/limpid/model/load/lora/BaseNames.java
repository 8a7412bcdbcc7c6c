package dev.limpid.model.load.lora;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What an adapter has to know of its base's tensors: their names may lack what stands in front of
 * those of modules, or have something else there.
 *
 * @param prefixes what may stand in front of names; checkpoints differ
 * @param embedding the name of the embedding of tokens, without these and without {@code .weight}
 * @param head the name of the unembedding, likewise
 * @param tied whether the configuration makes one table of both
 * @param byInputs tells by the whole name of a matrix whether it is stored by inputs, [in, out]
 */
public record BaseNames(
    List<String> prefixes,
    String embedding,
    String head,
    boolean tied,
    Predicate<String> byInputs) {

  /** Copies the list, the longest first. */
  public BaseNames {
    prefixes =
        prefixes.stream().sorted(Comparator.comparingInt(String::length).reversed()).toList();
  }

  /** Returns what stands in front of the names of a checkpoint, but that of the head. */
  String prefixOf(Set<String> stored) {
    return stored.stream()
        .filter(name -> !name.startsWith(head))
        .map(name -> name.substring(0, name.length() - bare(name).length()))
        .findFirst()
        .orElse("");
  }

  /** Returns a name without what stands in front of it. */
  String bare(String name) {
    return prefixes.stream()
        .filter(name::startsWith)
        .map(prefix -> name.substring(prefix.length()))
        .findFirst()
        .orElse(name);
  }
}
