package dev.limpid.model.chat.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What can be made of a value with {@code |}. */
final class Filters {
  private static final Pattern WORD = Pattern.compile("[^-\\s({\\[<]+");

  private Filters() {}

  static Object of(String name, Object value, Given given, int line) {
    return switch (name) {
      case "trim" -> {
        @Nullable Object characters = given.of("chars").get(0, "chars");
        yield Values.stripped(
            Values.text(value), characters == null ? Nothing.NONE : characters, true, true);
      }
      case "length", "count" -> Values.length(value);
      case "upper" -> Values.text(value).toUpperCase(Locale.ROOT);
      case "lower" -> Values.text(value).toLowerCase(Locale.ROOT);
      case "capitalize" -> Methods.capitalized(Values.text(value));
      case "title" ->
          WORD.matcher(Values.text(value))
              .replaceAll(word -> Matcher.quoteReplacement(Methods.capitalized(word.group())));
      case "string" -> Values.text(value);
      case "safe" -> value;
      case "int" -> whole(value, given.of("default").number(0, "default", 0));
      case "float" -> number(value);
      case "abs" -> value instanceof Long n ? (Object) Math.abs(n) : Math.abs(number(value));
      case "list" -> Values.items(value);
      case "items" -> Values.pairs(value);
      case "first" -> end(Values.items(value), true);
      case "last" -> end(Values.items(value), false);
      case "reverse" ->
          value instanceof String text
              ? new StringBuilder(text).reverse().toString()
              : Values.items(value).reversed();
      case "join" -> join(value, given.of("d", "attribute"));
      case "replace" -> {
        given.of("old", "new", "count");
        yield Methods.replaced(
            Values.text(value),
            given.text(0, "old"),
            given.text(1, "new"),
            given.number(2, "count", -1));
      }
      case "default", "d" -> {
        given.of("default_value", "boolean");
        @Nullable Object otherwise = given.get(0, "default_value");
        boolean missing =
            value == Nothing.UNDEFINED || (given.flag(1, "boolean") && !Values.isTrue(value));
        yield missing ? otherwise == null ? "" : otherwise : value;
      }
      case "tojson" -> json(value, given.of("ensure_ascii", "indent", "separators", "sort_keys"));
      case "indent" -> indent(Values.text(value), given.of("width", "first", "blank"));
      case "map" -> map(value, given, line);
      case "select" -> chosen(value, item -> passes(item, given, 0, line));
      case "reject" -> chosen(value, item -> !passes(item, given, 0, line));
      case "selectattr" ->
          chosen(value, item -> passes(attribute(item, given.text(0, "")), given, 1, line));
      case "rejectattr" ->
          chosen(value, item -> !passes(attribute(item, given.text(0, "")), given, 1, line));
      case "sort" -> sorted(value, given.of("reverse", "case_sensitive", "attribute"));
      case "unique" -> {
        given.of();
        yield unique(value);
      }
      default -> throw TemplateException.unknown("the filter '" + name + "'", line);
    };
  }

  private static Object whole(Object value, long otherwise) {
    return switch (value) {
      case Long number -> number;
      case Double number -> number.longValue();
      case Boolean truth -> truth ? 1L : 0L;
      case String text when text.strip().matches("[-+]?[0-9]{1,18}") ->
          Long.parseLong(text.strip());
      default -> otherwise;
    };
  }

  private static double number(Object value) {
    try {
      return value instanceof String text
          ? Double.parseDouble(text.strip())
          : value instanceof Number || value instanceof Boolean ? Values.asDouble(value) : 0.0;
    } catch (NumberFormatException e) {
      return 0.0;
    }
  }

  private static Object end(List<Object> items, boolean first) {
    if (items.isEmpty()) {
      return Nothing.UNDEFINED;
    }
    return first ? items.getFirst() : items.getLast();
  }

  private static Object join(Object value, Given given) {
    List<Object> items = Values.items(value);
    @Nullable Object attribute = given.get(1, "attribute");
    if (attribute instanceof String name) {
      items.replaceAll(item -> attribute(item, name));
    }
    @Nullable Object between = given.get(0, "d");
    return Methods.joined(between == null ? "" : Values.text(between), items);
  }

  /** As Hugging Face defines it, which does not escape for HTML. */
  private static Object json(Object value, Given given) {
    if (given.get(2, "separators") != null && given.get(2, "separators") != Nothing.NONE) {
      throw new TemplateException("tojson with separators is not supported");
    }
    int indent = Math.clamp(given.number(1, "indent", -1), -1, 64);
    return Json.of(value, indent, given.flag(0, "ensure_ascii"), given.flag(3, "sort_keys"));
  }

  private static Object indent(String text, Given given) {
    String blanks = " ".repeat(Math.clamp(given.number(0, "width", 4), 0, 64));
    boolean first = given.flag(1, "first");
    boolean blank = given.flag(2, "blank");
    String[] lines = text.split("\n", -1);
    StringBuilder result = new StringBuilder();
    for (int i = 0; i < lines.length; i++) {
      boolean indented = i == 0 ? first : blank || !lines[i].isEmpty();
      result.append(i == 0 ? "" : "\n").append(indented ? blanks : "").append(lines[i]);
      Methods.requireShort(result.length());
    }
    return result.toString();
  }

  private static Object map(Object value, Given given, int line) {
    List<Object> items = Values.items(value);
    @Nullable Object attribute = given.named().get("attribute");
    if (attribute instanceof String name) {
      @Nullable Object otherwise = given.named().get("default");
      items.replaceAll(item -> {
        Object found = attribute(item, name);
        return found == Nothing.UNDEFINED && otherwise != null ? otherwise : found;
      });
      return items;
    }
    Given rest =
        new Given(given.what(), given.positional().stream().skip(1).toList(), given.named());
    String filter = given.text(0, "");
    items.replaceAll(item -> of(filter, item, rest, line));
    return items;
  }

  /** Returns an attribute of an item; of items within, with dots between their names. */
  static Object attribute(Object item, String names) {
    Object value = item;
    for (String name : names.split("\\.", -1)) {
      @Nullable Object found = value instanceof Map<?, ?> map ? map.get(name) : null;
      value = found == null ? Nothing.UNDEFINED : found;
    }
    return value;
  }

  private static List<Object> chosen(Object value, Predicate<Object> condition) {
    List<Object> chosen = new ArrayList<>();
    for (Object item : Values.items(value)) {
      if (condition.test(item)) {
        chosen.add(item);
      }
    }
    return chosen;
  }

  /** Returns whether an item passes the test that is named at a place, else whether it is true. */
  private static boolean passes(Object item, Given given, int place, int line) {
    if (given.positional().size() <= place) {
      return Values.isTrue(item);
    }
    Given rest =
        new Given(
            given.what(), given.positional().stream().skip(place + 1L).toList(), given.named());
    return Tests.of(given.text(place, ""), item, rest, line);
  }

  private static Object sorted(Object value, Given given) {
    List<Object> items = Values.items(value);
    @Nullable Object attribute = given.get(2, "attribute");
    boolean exact = given.flag(1, "case_sensitive");
    Comparator<Object> order =
        (a, b) -> Values.compare(key(a, attribute, exact), key(b, attribute, exact));
    items.sort(given.flag(0, "reverse") ? order.reversed() : order);
    return items;
  }

  private static Object key(Object item, @Nullable Object attribute, boolean exact) {
    Object key = attribute instanceof String name ? attribute(item, name) : item;
    return key instanceof String text && !exact ? text.toLowerCase(Locale.ROOT) : key;
  }

  private static Object unique(Object value) {
    List<Object> unique = new ArrayList<>();
    Set<Object> known = new HashSet<>();
    for (Object item : Values.items(value)) {
      Object key = Values.key(key(item, null, false));
      boolean number = key instanceof Number || key instanceof Boolean;
      if (known.add(number ? Values.asDouble(key) : key)) {
        unique.add(item);
      }
    }
    return unique;
  }
}
