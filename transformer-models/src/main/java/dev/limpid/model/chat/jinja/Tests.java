package dev.limpid.model.chat.jinja;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What can be asked of a value with {@code is}. */
final class Tests {
  private Tests() {}

  static boolean of(String name, Object value, Given given, int line) {
    return switch (name) {
      case "defined" -> value != Nothing.UNDEFINED;
      case "undefined" -> value == Nothing.UNDEFINED;
      case "none" -> value == Nothing.NONE;
      case "string" -> value instanceof String;
      case "mapping" -> value instanceof Map;
      case "number" -> value instanceof Number || value instanceof Boolean;
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "boolean" -> value instanceof Boolean;
      case "true" -> Boolean.TRUE.equals(value);
      case "false" -> Boolean.FALSE.equals(value);
      case "sequence" ->
          value instanceof List
              || value instanceof String
              || value instanceof Map
              || value == Nothing.UNDEFINED;
      case "iterable" ->
          value instanceof List
              || value instanceof String
              || value instanceof Map
              || value == Nothing.UNDEFINED;
      case "callable" -> value instanceof Callable;
      case "equalto", "eq", "==" -> Values.equal(value, given.of("b").require(0, "b"));
      case "ne", "!=" -> !Values.equal(value, given.of("b").require(0, "b"));
      case "lt", "lessthan", "<" -> Values.compare(value, given.require(0, "b")) < 0;
      case "gt", "greaterthan", ">" -> Values.compare(value, given.require(0, "b")) > 0;
      case "le", "<=" -> Values.compare(value, given.require(0, "b")) <= 0;
      case "ge", ">=" -> Values.compare(value, given.require(0, "b")) >= 0;
      case "in" -> Values.contains(given.of("seq").require(0, "seq"), value);
      case "odd" -> Math.floorMod(whole(value), 2L) == 1;
      case "even" -> Math.floorMod(whole(value), 2L) == 0;
      case "divisibleby" -> Math.floorMod(whole(value), whole(given.require(0, "num"))) == 0;
      case "lower" -> value instanceof String s && s.equals(s.toLowerCase(Locale.ROOT));
      case "upper" -> value instanceof String s && s.equals(s.toUpperCase(Locale.ROOT));
      default -> throw TemplateException.unknown("the test '" + name + "'", line);
    };
  }

  private static long whole(Object value) {
    if (!(value instanceof Long number)) {
      throw new TemplateException(Values.kind(value) + " is no whole number");
    }
    return number;
  }
}
