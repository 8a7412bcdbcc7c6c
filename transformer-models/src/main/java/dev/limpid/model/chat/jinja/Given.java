package dev.limpid.model.chat.jinja;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values that something is called with.
 *
 * @param what is called, for messages
 */
public record Given(String what, List<Object> positional, Map<String, Object> named) {

  /** Checks that there are no more arguments, and none of another name. */
  Given of(String... names) {
    if (positional.size() > names.length) {
      throw new TemplateException("%s takes %d arguments".formatted(what, names.length));
    }
    for (String name : named.keySet()) {
      if (!List.of(names).contains(name)) {
        throw new TemplateException(
            "%s with an argument '%s' is not supported".formatted(what, name));
      }
    }
    return this;
  }

  /** Returns an argument by its place and its name; null where it was not given. */
  @Nullable Object get(int place, String name) {
    return place < positional.size() ? positional.get(place) : named.get(name);
  }

  Object require(int place, String name) {
    @Nullable Object value = get(place, name);
    if (value == null) {
      throw new TemplateException("%s needs an argument '%s'".formatted(what, name));
    }
    return value;
  }

  String text(int place, String name) {
    Object value = require(place, name);
    if (!(value instanceof String text)) {
      throw new TemplateException("%s needs a string as '%s'".formatted(what, name));
    }
    return text;
  }

  long number(int place, String name, long otherwise) {
    @Nullable Object value = get(place, name);
    if (value == null || value == Nothing.NONE) {
      return otherwise;
    }
    if (!(value instanceof Long number)) {
      throw new TemplateException("%s needs a whole number as '%s'".formatted(what, name));
    }
    return number;
  }

  boolean flag(int place, String name) {
    @Nullable Object value = get(place, name);
    return value != null && Values.isTrue(value);
  }
}
