package dev.limpid.model.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The methods of strings and dictionaries that templates use; none of them changes its value. */
final class Methods {
  /** As many characters as a text may become by what a template does to it. */
  static final int LONGEST = 1 << 22;

  private Methods() {}

  /** Returns a method of a value; null where it has none of that name here. */
  static @Nullable Callable of(Object value, String name) {
    return switch (value) {
      case String text -> ofString(text, name);
      case Map<?, ?> map -> ofDictionary(map, name);
      default -> null;
    };
  }

  private static @Nullable Callable ofDictionary(Map<?, ?> map, String name) {
    return switch (name) {
      case "get" ->
          given -> {
            Object key = Values.key(given.of("key", "default").require(0, "key"));
            @Nullable Object found = map.get(key);
            @Nullable Object otherwise = given.get(1, "default");
            return found != null ? found : otherwise != null ? otherwise : Nothing.NONE;
          };
      case "items" ->
          given -> {
            given.of();
            return Values.pairs(map);
          };
      case "keys" ->
          given -> {
            given.of();
            return Values.items(map);
          };
      case "values" ->
          given -> {
            given.of();
            return new ArrayList<Object>(map.values());
          };
      default -> null;
    };
  }

  private static @Nullable Callable ofString(String text, String name) {
    return switch (name) {
      case "upper" -> plain(text.toUpperCase(Locale.ROOT));
      case "lower" -> plain(text.toLowerCase(Locale.ROOT));
      case "capitalize" -> plain(capitalized(text));
      case "title" -> plain(title(text));
      case "strip" -> strip(text, true, true);
      case "lstrip" -> strip(text, true, false);
      case "rstrip" -> strip(text, false, true);
      case "startswith" -> given -> ends(given).stream().anyMatch(text::startsWith);
      case "endswith" -> given -> ends(given).stream().anyMatch(text::endsWith);
      case "removeprefix" ->
          given -> {
            String part = given.of("prefix").text(0, "prefix");
            return text.startsWith(part) ? text.substring(part.length()) : text;
          };
      case "removesuffix" ->
          given -> {
            String part = given.of("suffix").text(0, "suffix");
            return text.endsWith(part) ? text.substring(0, text.length() - part.length()) : text;
          };
      case "split" -> given -> split(text, given.of("sep", "maxsplit"));
      case "splitlines" ->
          given -> {
            given.of();
            List<Object> lines = new ArrayList<>(text.lines().limit(Values.MOST + 1L).toList());
            requireFew(lines.size());
            return lines;
          };
      case "replace" ->
          given -> {
            given.of("old", "new", "count");
            return replaced(
                text, given.text(0, "old"), given.text(1, "new"), given.number(2, "count", -1));
          };
      case "find" -> given -> place(text, text.indexOf(given.of("sub").text(0, "sub")));
      case "rfind" -> given -> place(text, text.lastIndexOf(given.of("sub").text(0, "sub")));
      case "count" ->
          given -> {
            String part = given.of("sub").text(0, "sub");
            return part.isEmpty()
                ? Values.length(text) + 1
                : (long) (text.length() - text.replace(part, "").length()) / part.length();
          };
      case "join" -> given -> joined(text, Values.items(given.of("items").require(0, "items")));
      case "isdigit" -> plain(isAll(text, Character::isDigit));
      case "isalpha" -> plain(isAll(text, Character::isLetter));
      case "isspace" -> plain(isAll(text, Values::isSpace));
      case "isupper" ->
          plain(
              text.equals(text.toUpperCase(Locale.ROOT))
                  && !text.equals(text.toLowerCase(Locale.ROOT)));
      case "islower" ->
          plain(
              text.equals(text.toLowerCase(Locale.ROOT))
                  && !text.equals(text.toUpperCase(Locale.ROOT)));
      default -> null;
    };
  }

  private static Callable plain(Object value) {
    return given -> {
      given.of();
      return value;
    };
  }

  private static boolean isAll(String text, IntPredicate kind) {
    return !text.isEmpty() && text.codePoints().allMatch(kind);
  }

  private static Callable strip(String text, boolean left, boolean right) {
    return given -> {
      @Nullable Object characters = given.of("chars").get(0, "chars");
      return Values.stripped(text, characters == null ? Nothing.NONE : characters, left, right);
    };
  }

  private static List<String> ends(Given given) {
    Object value = given.of("prefix").require(0, "prefix");
    List<String> ends = new ArrayList<>();
    for (Object item : value instanceof List<?> several ? several : List.of(value)) {
      if (!(item instanceof String end)) {
        throw new TemplateException(given.what() + " needs a string");
      }
      ends.add(end);
    }
    return ends;
  }

  private static Object place(String text, int at) {
    return at < 0 ? -1L : (long) text.codePointCount(0, at);
  }

  private static Object split(String text, Given given) {
    @Nullable Object separator = given.get(0, "sep");
    long most = given.number(1, "maxsplit", -1);
    List<Object> parts = new ArrayList<>();
    if (separator == null || separator == Nothing.NONE) {
      if (most >= 0) {
        throw new TemplateException("split at white space with maxsplit is not supported");
      }
      StringBuilder word = new StringBuilder();
      for (String c : Values.characters(text + " ")) {
        if (!Values.isSpace(c.codePointAt(0))) {
          word.append(c);
        } else if (!word.isEmpty()) {
          parts.add(word.toString());
          word.setLength(0);
          requireFew(parts.size());
        }
      }
      return parts;
    }
    if (!(separator instanceof String sign) || sign.isEmpty()) {
      throw new TemplateException("split needs a string that is not empty");
    }
    int from = 0;
    for (int at = text.indexOf(sign);
        at >= 0 && (most < 0 || parts.size() < most);
        at = text.indexOf(sign, from)) {
      parts.add(text.substring(from, at));
      from = at + sign.length();
      requireFew(parts.size());
    }
    parts.add(text.substring(from));
    return parts;
  }

  static String replaced(String text, String old, String other, long count) {
    if (old.isEmpty()) {
      throw new TemplateException("replace of an empty string is not supported");
    }
    StringBuilder result = new StringBuilder();
    int from = 0;
    long done = 0;
    for (int at = text.indexOf(old);
        at >= 0 && (count < 0 || done < count);
        at = text.indexOf(old, from)) {
      result.append(text, from, at).append(other);
      from = at + old.length();
      done++;
      requireShort(result.length());
    }
    return result.append(text, from, text.length()).toString();
  }

  static String joined(String between, List<Object> items) {
    StringBuilder result = new StringBuilder();
    for (int i = 0; i < items.size(); i++) {
      result.append(i == 0 ? "" : between).append(Values.text(items.get(i)));
      requireShort(result.length());
    }
    return result.toString();
  }

  static void requireShort(long length) {
    if (length > LONGEST) {
      throw new TemplateException("the template makes a text too long");
    }
  }

  private static void requireFew(int parts) {
    if (parts > Values.MOST) {
      throw new TemplateException("the template makes a list too long");
    }
  }

  static String capitalized(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.offsetByCodePoints(0, 1);
    return text.substring(0, first).toUpperCase(Locale.ROOT)
        + text.substring(first).toLowerCase(Locale.ROOT);
  }

  private static String title(String text) {
    StringBuilder result = new StringBuilder();
    boolean inWord = false;
    for (String c : Values.characters(text)) {
      boolean letter = Character.isLetter(c.codePointAt(0));
      result.append(letter && !inWord ? c.toUpperCase(Locale.ROOT) : c.toLowerCase(Locale.ROOT));
      inWord = letter;
    }
    return result.toString();
  }
}
