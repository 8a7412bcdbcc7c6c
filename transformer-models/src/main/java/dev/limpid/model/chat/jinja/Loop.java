package dev.limpid.model.chat.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a loop is.
 *
 * @param items all of them
 * @param index from 0
 */
record Loop(List<Object> items, int index) {
  /** Returns what {@code loop.name} is; null where it is nothing. */
  @Nullable Object attribute(String name) {
    int n = items.size();
    return switch (name) {
      case "index" -> index + 1L;
      case "index0" -> (long) index;
      case "revindex" -> (long) n - index;
      case "revindex0" -> n - index - 1L;
      case "first" -> index == 0;
      case "last" -> index == n - 1;
      case "length" -> (long) n;
      case "previtem" -> index == 0 ? Nothing.UNDEFINED : items.get(index - 1);
      case "nextitem" -> index == n - 1 ? Nothing.UNDEFINED : items.get(index + 1);
      case "cycle" -> (Callable) given -> given.positional().get(index % given.positional().size());
      default -> null;
    };
  }
}
