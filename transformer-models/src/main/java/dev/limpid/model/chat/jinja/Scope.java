package dev.limpid.model.chat.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of names, within those of what stands around. */
final class Scope {
  private final @Nullable Scope around;
  private final Map<String, Object> values = new HashMap<>(4);

  Scope(@Nullable Scope around) {
    this.around = around;
  }

  void set(String name, Object value) {
    values.put(name, value);
  }

  Object get(String name) {
    for (@Nullable Scope scope = this; scope != null; scope = scope.around) {
      @Nullable Object value = scope.values.get(name);
      if (value != null) {
        return value;
      }
    }
    return Nothing.UNDEFINED;
  }
}
