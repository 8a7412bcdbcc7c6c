package dev.limpid.model.load.lora;

import dev.limpid.model.load.lora.Adapter.Part;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the tensors of a base change.
 *
 * @param ofName the changes, by the names of the tensors in the base
 * @param copies tensors that the base does not have: by their names those that they are equal to
 */
record Changes(Map<String, Change> ofName, Map<String, String> copies) {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  /**
   * Finds what each module of an adapter is in a base.
   *
   * @param ofBase the names of its tensors
   * @throws IOException if the base lacks a module, or it is not clear what the sum would be
   */
  static Changes of(Set<String> ofBase, Adapter adapter, BaseNames names) throws IOException {
    Map<String, String> stored = new HashMap<>();
    ofBase.forEach(name -> stored.put(names.bare(name), name));
    String embedding = names.embedding() + WEIGHT;
    String head = names.head() + WEIGHT;
    boolean oneTable = names.tied() && !(stored.containsKey(embedding) && stored.containsKey(head));
    @Nullable String table = stored.getOrDefault(embedding, stored.get(head));
    if (oneTable && table != null) {
      stored.putIfAbsent(head, head);
      stored.putIfAbsent(embedding, names.prefixOf(ofBase) + embedding);
    }
    Changes changes = new Changes(new LinkedHashMap<>(), new LinkedHashMap<>());
    for (Map.Entry<String, Map<Part, String>> entry : adapter.modules().entrySet()) {
      changes.add(entry.getKey(), entry.getValue().keySet(), stored, adapter, names);
    }
    if (oneTable && table != null) {
      changes.untie(
          table,
          List.of(stored.getOrDefault(embedding, table), stored.getOrDefault(head, table)),
          adapter);
    }
    return changes;
  }

  private void add(
      String module, Set<Part> parts, Map<String, String> stored, Adapter adapter, BaseNames names)
      throws IOException {
    String bare = names.bare(module);
    if (parts.contains(Part.BIAS)) {
      ofName.put(known(stored, bare + BIAS, module, adapter), Change.ofBias(module));
    }
    if (!parts.equals(Set.of(Part.BIAS))) {
      String name = known(stored, bare + WEIGHT, module, adapter);
      ofName.put(name, Change.of(module, parts, names.byInputs().test(name)));
    }
  }

  private static String known(
      Map<String, String> stored, String bare, String module, Adapter adapter) throws IOException {
    @Nullable String name = stored.get(bare);
    if (name == null) {
      throw adapter.wrong(module, "is for '%s', which the base does not have".formatted(bare));
    }
    return name;
  }

  /** One of a tied pair that is stored whole makes two tables of one. */
  private void untie(String table, List<String> pair, Adapter adapter) throws IOException {
    List<Change> changed =
        pair.stream()
            .filter(ofName::containsKey)
            .map(ofName::get)
            .map(Objects::requireNonNull)
            .toList();
    boolean both = changed.stream().filter(change -> change.whole() != null).count() == pair.size();
    for (Change change : changed) {
      if (change.added() != Change.Added.NOTHING && !both) {
        throw adapter.wrong(
            change.module(),
            "is added to one side of an embedding that is tied to the head: merged and unmerged"
                + " models differ then, so it is not supported; supported: both in modules_to_save");
      }
    }
    for (String name : pair) {
      if (!changed.isEmpty() && !ofName.containsKey(name) && !name.equals(table)) {
        copies.put(name, table);
      }
    }
  }
}
