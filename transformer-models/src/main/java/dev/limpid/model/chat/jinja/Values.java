package dev.limpid.model.chat.jinja;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What Python does with values: truth, text, equality, order, items. */
final class Values {
  /** As many parts as a value may have where it is taken apart. */
  static final int MOST = 1 << 20;

  private Values() {}

  static boolean isTrue(Object value) {
    return switch (value) {
      case Nothing _ -> false;
      case Boolean truth -> truth;
      case Long number -> number != 0;
      case Double number -> number != 0;
      case String text -> !text.isEmpty();
      case List<?> list -> !list.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      default -> true;
    };
  }

  /** Returns how Python writes a value where it is printed. */
  static String text(Object value) {
    return switch (value) {
      case Nothing nothing -> nothing == Nothing.NONE ? "None" : "";
      case String text -> text;
      default -> written(value);
    };
  }

  /** Returns how Python writes a value that is no string. */
  private static String written(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  /** Lists may hold one another many times over: what is written is longer than what is there. */
  private static void write(Object value, StringBuilder out) {
    switch (value) {
      case Nothing nothing -> out.append(nothing == Nothing.NONE ? "None" : "Undefined");
      case Boolean truth -> out.append(truth ? "True" : "False");
      case Long number -> out.append(number);
      case Double number -> out.append(number(number));
      case String text -> out.append(quoted(text));
      case List<?> list -> {
        String before = "[";
        for (Object item : list) {
          out.append(before);
          write(item, out);
          before = ", ";
        }
        out.append(list.isEmpty() ? "[]" : "]");
      }
      case Map<?, ?> map -> {
        String before = "{";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.append(before);
          write(entry.getKey(), out);
          out.append(": ");
          write(entry.getValue(), out);
          before = ", ";
        }
        out.append(map.isEmpty() ? "{}" : "}");
      }
      default -> throw new TemplateException("a function or a namespace cannot be printed");
    }
    Methods.requireShort(out.length());
  }

  private static String quoted(String text) {
    char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
    StringBuilder quoted = new StringBuilder().append(quote);
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '\n' -> quoted.append("\\n");
            case '\r' -> quoted.append("\\r");
            case '\t' -> quoted.append("\\t");
            case '\\' -> quoted.append("\\\\");
            default -> {
              if (c == quote) {
                quoted.append('\\');
              }
              if (c < ' ' || c == 0x7f) {
                quoted.append("\\x%02x".formatted(c));
              } else {
                quoted.appendCodePoint(c);
              }
            }
          }
        });
    return quoted.append(quote).toString();
  }

  /** Returns a number as Python writes it: plain from 1e-4 on and below 1e16. */
  static String number(double number) {
    if (Double.isNaN(number)) {
      return "nan";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "inf" : "-inf";
    }
    if (number == 0) {
      return 1 / number < 0 ? "-0.0" : "0.0";
    }
    BigDecimal shortest = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    int exponent = shortest.precision() - shortest.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = shortest.toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    BigDecimal digits =
        shortest.movePointLeft(exponent).round(new MathContext(17)).stripTrailingZeros();
    return "%se%s%02d"
        .formatted(digits.toPlainString(), exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  static boolean equal(Object a, Object b) {
    return equal(a, b, new int[] {MOST});
  }

  /** Lists may hold one another many times over: the pairs that are looked at are counted. */
  private static boolean equal(Object a, Object b, int[] left) {
    if (--left[0] < 0) {
      throw new TemplateException("values are too large to compare");
    }
    if (a instanceof Number || a instanceof Boolean) {
      return (b instanceof Number || b instanceof Boolean) && asDouble(a) == asDouble(b);
    }
    if (a instanceof List<?> first && b instanceof List<?> second) {
      boolean equal = first.size() == second.size();
      for (int i = 0; equal && i < first.size(); i++) {
        equal = equal(first.get(i), second.get(i), left);
      }
      return equal;
    }
    if (a instanceof Map<?, ?> first && b instanceof Map<?, ?> second) {
      boolean equal = first.size() == second.size();
      for (Map.Entry<?, ?> entry : first.entrySet()) {
        @Nullable Object other = second.get(entry.getKey());
        equal = equal && other != null && equal(entry.getValue(), other, left);
      }
      return equal;
    }
    return switch (a) {
      case String _, Nothing _, List<?> _, Map<?, ?> _ -> a.equals(b);
      default -> throw new TemplateException(kind(a) + " cannot be compared");
    };
  }

  /** Returns a value that is to be a key; lists and dictionaries are none. */
  static Object key(Object value) {
    return switch (value) {
      case String _, Long _, Double _, Boolean _, Nothing _ -> value;
      default -> throw new TemplateException(kind(value) + " is no key of a dictionary");
    };
  }

  static double asDouble(Object number) {
    return number instanceof Boolean truth ? (truth ? 1 : 0) : ((Number) number).doubleValue();
  }

  /** Returns less than 0, 0, or more, as the first comes before the second or not. */
  static int compare(Object a, Object b) {
    if ((a instanceof Number || a instanceof Boolean)
        && (b instanceof Number || b instanceof Boolean)) {
      return Double.compare(asDouble(a), asDouble(b));
    }
    if (a instanceof String first && b instanceof String second) {
      return Arrays.compare(first.codePoints().toArray(), second.codePoints().toArray());
    }
    throw new TemplateException("%s and %s have no order".formatted(kind(a), kind(b)));
  }

  static boolean contains(Object whole, Object part) {
    return switch (whole) {
      case String text when part instanceof String other -> text.contains(other);
      case Map<?, ?> map -> map.containsKey(key(part));
      case List<?> list -> list.stream().anyMatch(item -> equal(item, part));
      case Nothing nothing when nothing == Nothing.UNDEFINED -> false;
      default ->
          throw new TemplateException("%s cannot be in %s".formatted(kind(part), kind(whole)));
    };
  }

  /** Returns the items of a value: characters, elements, keys. */
  static List<Object> items(Object value) {
    return switch (value) {
      case List<?> list -> new ArrayList<>(list);
      case Map<?, ?> map -> new ArrayList<>(map.keySet());
      case String text -> new ArrayList<>(characters(text));
      case Nothing nothing when nothing == Nothing.UNDEFINED -> new ArrayList<>();
      default -> throw new TemplateException(kind(value) + " has no items");
    };
  }

  static List<String> characters(String text) {
    if (text.length() > MOST) {
      throw new TemplateException("a text is too long to be taken apart");
    }
    return text.codePoints().mapToObj(Character::toString).toList();
  }

  /** Returns a list of the keys and values of a dictionary. */
  static List<Object> pairs(Object value) {
    if (value == Nothing.UNDEFINED) {
      return List.of();
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw new TemplateException(kind(value) + " has no keys");
    }
    List<Object> pairs = new ArrayList<>();
    map.forEach((k, v) -> pairs.add(List.of(k, v)));
    return pairs;
  }

  static long length(Object value) {
    return switch (value) {
      case String text -> text.codePointCount(0, text.length());
      case List<?> list -> list.size();
      case Map<?, ?> map -> map.size();
      case Nothing nothing when nothing == Nothing.UNDEFINED -> 0;
      default -> throw new TemplateException(kind(value) + " has no length");
    };
  }

  /** Returns what a value is called in messages. */
  static String kind(Object value) {
    return switch (value) {
      case Nothing nothing -> nothing == Nothing.NONE ? "none" : "what is not defined";
      case Boolean _ -> "true or false";
      case Number _ -> "a number";
      case String _ -> "a string";
      case List<?> _ -> "a list";
      case Map<?, ?> _ -> "a dictionary";
      case Namespace _ -> "a namespace";
      default -> "a function";
    };
  }

  /** White space as Python has it. */
  static boolean isSpace(int c) {
    return Character.isWhitespace(c) || c == 0xa0 || c == 0x85 || c == 0x2007 || c == 0x202f;
  }

  /** Returns a text without white space, or without some characters, at its ends. */
  static String stripped(String text, Object characters, boolean left, boolean right) {
    int[] all = text.codePoints().toArray();
    int from = 0;
    int to = all.length;
    while (left && from < to && goes(all[from], characters)) {
      from++;
    }
    while (right && to > from && goes(all[to - 1], characters)) {
      to--;
    }
    return new String(all, from, to - from);
  }

  private static boolean goes(int c, Object characters) {
    return characters instanceof String some ? some.indexOf(c) >= 0 : isSpace(c);
  }
}
