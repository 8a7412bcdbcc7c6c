package dev.limpid.model.chat.jinja;

import dev.limpid.model.chat.jinja.Expression.Arguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the values of expressions. */
final class Evaluator {
  private static final long STEPS = 1_000_000;

  /** Characters of a text that take about as long as a step. */
  private static final int CHARACTERS = 64;

  private long left = STEPS;

  void step() {
    steps(1);
  }

  void steps(long count) {
    left -= count;
    if (left < 0) {
      throw new TemplateException("the template takes too long");
    }
  }

  Object value(Expression expression, Scope scope) {
    Object value = found(expression, scope);
    steps(value instanceof String text ? 1L + text.length() / CHARACTERS : 1);
    return value;
  }

  /** Finds a value that is then looked through to its end. */
  Object whole(Expression expression, Scope scope) {
    return counted(value(expression, scope));
  }

  private Object counted(Object value) {
    switch (value) {
      case List<?> list -> steps(list.size());
      case Map<?, ?> map -> steps(map.size());
      default -> {}
    }
    return value;
  }

  private Object found(Expression expression, Scope scope) {
    return switch (expression) {
      case Expression.Literal(Object value) -> value;
      case Expression.Name(String name) -> scope.get(name);
      case Expression.Items(List<Expression> items) -> values(items, scope);
      case Expression.Pairs(List<Expression> keys, List<Expression> values) -> {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
          map.put(Values.key(value(keys.get(i), scope)), value(values.get(i), scope));
        }
        yield map;
      }
      case Expression.Attribute(Expression of, String name, int line) ->
          attribute(of, value(of, scope), name, line);
      case Expression.Item(Expression of, Expression key, int line) ->
          item(of, value(of, scope), value(key, scope), line);
      case Expression.Slice slice -> slice(slice, scope);
      case Expression.Call(Expression of, Arguments arguments, int line) -> {
        Object called = value(of, scope);
        if (!(called instanceof Callable callable)) {
          throw TemplateException.at(
              line, "%s, which is %s, cannot be called".formatted(name(of), Values.kind(called)));
        }
        yield counted(within(line, () -> callable.call(given(name(of), arguments, scope))));
      }
      case Expression.Filter(Expression of, String name, Arguments arguments, int line) -> {
        Object value = whole(of, scope);
        yield within(line, () -> Filters.of(name, value, given(name, arguments, scope), line));
      }
      case Expression.Test(Expression of, String name, Arguments arguments, int line) -> {
        Object value = whole(of, scope);
        yield within(line, () -> Tests.of(name, value, given(name, arguments, scope), line));
      }
      case Expression.Not(Expression of) -> !Values.isTrue(value(of, scope));
      case Expression.Minus(Expression of, int line) ->
          switch (value(of, scope)) {
            case Long number -> -number;
            case Double number -> -number;
            case Object other ->
                throw TemplateException.at(line, Values.kind(other) + " has no negative");
          };
      case Expression.Binary(String operator, Expression a, Expression b, int line) ->
          within(line, () -> binary(operator, whole(a, scope), whole(b, scope)));
      case Expression.Logical(boolean and, Expression a, Expression b) -> {
        Object first = value(a, scope);
        yield Values.isTrue(first) == and ? value(b, scope) : first;
      }
      case Expression.Comparison comparison -> compare(comparison, scope);
      case Expression.Conditional(Expression condition, Expression then, Expression otherwise) -> {
        if (Values.isTrue(value(condition, scope))) {
          yield value(then, scope);
        }
        yield otherwise == null ? Nothing.UNDEFINED : value(otherwise, scope);
      }
    };
  }

  /** Finds a value. */
  private interface Step {
    Object value();
  }

  /** Says in which line something went wrong. */
  private static Object within(int line, Step step) {
    try {
      return step.value();
    } catch (ArithmeticException e) {
      throw TemplateException.at(line, "a number is too large, or divided by 0");
    } catch (TemplateException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith("line ") || e.isOfTheTemplate()
          ? e
          : TemplateException.at(line, message);
    }
  }

  private List<Object> values(List<Expression> expressions, Scope scope) {
    List<Object> values = new ArrayList<>();
    for (Expression expression : expressions) {
      values.add(whole(expression, scope));
    }
    return values;
  }

  private Given given(String what, Arguments arguments, Scope scope) {
    Map<String, Object> named = new LinkedHashMap<>();
    arguments.named().forEach((name, value) -> named.put(name, whole(value, scope)));
    return new Given(what, values(arguments.positional(), scope), named);
  }

  private static String name(Expression of) {
    return switch (of) {
      case Expression.Name(String name) -> name;
      case Expression.Attribute(Expression _, String name, int _) -> name;
      default -> "what is called";
    };
  }

  private static Object attribute(Expression of, Object value, String name, int line) {
    @Nullable Object found =
        switch (value) {
          case Namespace space -> space.values().get(name);
          case Loop loop -> loop.attribute(name);
          case Nothing nothing when nothing == Nothing.UNDEFINED ->
              throw TemplateException.at(line, "'%s' is undefined".formatted(name(of)));
          default -> Methods.of(value, name);
        };
    if (found == null && value instanceof Map<?, ?> map) {
      found = map.get(name);
    }
    if (found == null && (value instanceof String || value instanceof Loop)) {
      throw TemplateException.unknown("'%s' of %s".formatted(name, Values.kind(value)), line);
    }
    if (found == null && value instanceof List) {
      throw TemplateException.unknown("'%s' of a list".formatted(name), line);
    }
    return found == null ? Nothing.UNDEFINED : found;
  }

  private static Object item(Expression of, Object value, Object key, int line) {
    @Nullable Object found =
        switch (value) {
          case Map<?, ?> map -> map.get(Values.key(key));
          case List<?> list when key instanceof Long index -> at(list, index);
          case String text when key instanceof Long index -> character(text, index);
          case Nothing nothing when nothing == Nothing.UNDEFINED ->
              throw TemplateException.at(line, "'%s' is undefined".formatted(name(of)));
          default -> null;
        };
    if (found == null && key instanceof String name) {
      return value == Nothing.NONE ? Nothing.UNDEFINED : ofName(value, name);
    }
    return found == null ? Nothing.UNDEFINED : found;
  }

  private static Object ofName(Object value, String name) {
    @Nullable Object found =
        switch (value) {
          case Namespace space -> space.values().get(name);
          case Loop loop -> loop.attribute(name);
          default -> Methods.of(value, name);
        };
    return found == null ? Nothing.UNDEFINED : found;
  }

  private static @Nullable Object at(List<?> list, long index) {
    long from0 = index < 0 ? index + list.size() : index;
    return from0 < 0 || from0 >= list.size() ? null : list.get((int) from0);
  }

  private static @Nullable Object character(String text, long index) {
    int n = text.codePointCount(0, text.length());
    long from0 = index < 0 ? index + n : index;
    return from0 < 0 || from0 >= n
        ? null
        : Character.toString(text.codePointAt(text.offsetByCodePoints(0, (int) from0)));
  }

  private Object slice(Expression.Slice slice, Scope scope) {
    Object value = whole(slice.of(), scope);
    if (!(value instanceof String) && !(value instanceof List)) {
      throw TemplateException.at(slice.line(), Values.kind(value) + " has no parts");
    }
    int[] characters = value instanceof String s ? s.codePoints().toArray() : new int[0];
    List<?> items = value instanceof List<?> list ? list : List.of();
    int n = characters.length + items.size();
    long step = bound(slice.step(), 1, slice.line(), scope);
    if (step == 0) {
      throw TemplateException.at(slice.line(), "a step of 0");
    }
    long from = place(bound(slice.from(), step > 0 ? 0 : n - 1L, slice.line(), scope), n, step);
    boolean toEnd = slice.to() == null;
    long to = toEnd ? step > 0 ? n : -1 : place(bound(slice.to(), 0, slice.line(), scope), n, step);
    List<Object> part = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      if (value instanceof String) {
        text.appendCodePoint(characters[(int) i]);
      } else {
        part.add(items.get((int) i));
      }
    }
    return value instanceof String ? text.toString() : part;
  }

  private static long place(long index, int n, long step) {
    long from0 = index < 0 ? index + n : index;
    return step > 0 ? Math.clamp(from0, 0L, n) : Math.clamp(from0, -1L, n - 1L);
  }

  private long bound(@Nullable Expression expression, long otherwise, int line, Scope scope) {
    if (expression == null) {
      return otherwise;
    }
    return switch (value(expression, scope)) {
      case Long number -> Math.clamp(number, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case Nothing nothing when nothing == Nothing.NONE -> otherwise;
      case Object other ->
          throw TemplateException.at(line, Values.kind(other) + " is no place in a list");
    };
  }

  private Object compare(Expression.Comparison comparison, Scope scope) {
    Object left = whole(comparison.first(), scope);
    for (int i = 0; i < comparison.operators().size(); i++) {
      Object first = left;
      Object second = whole(comparison.rest().get(i), scope);
      String operator = comparison.operators().get(i);
      if (!Values.isTrue(within(comparison.line(), () -> holds(operator, first, second)))) {
        return false;
      }
      left = second;
    }
    return true;
  }

  private static boolean holds(String operator, Object a, Object b) {
    return switch (operator) {
      case "==" -> Values.equal(a, b);
      case "!=" -> !Values.equal(a, b);
      case "in" -> Values.contains(b, a);
      case "not in" -> !Values.contains(b, a);
      case "<" -> Values.compare(a, b) < 0;
      case "<=" -> Values.compare(a, b) <= 0;
      case ">" -> Values.compare(a, b) > 0;
      default -> Values.compare(a, b) >= 0;
    };
  }

  private static Object binary(String operator, Object a, Object b) {
    if (operator.equals("~")) {
      return joined(Values.text(a), Values.text(b));
    }
    if (a instanceof Long x && b instanceof Long y) {
      return switch (operator) {
        case "+" -> Math.addExact(x, y);
        case "-" -> Math.subtractExact(x, y);
        case "*" -> Math.multiplyExact(x, y);
        case "//" -> Math.floorDiv(x, y);
        case "%" -> Math.floorMod(x, y);
        default -> {
          if (y == 0) {
            throw new ArithmeticException();
          }
          yield (double) x / y;
        }
      };
    }
    if (a instanceof Number x && b instanceof Number y) {
      double p = x.doubleValue();
      double q = y.doubleValue();
      if (q == 0 && !"+-*".contains(operator)) {
        throw new ArithmeticException();
      }
      return switch (operator) {
        case "+" -> p + q;
        case "-" -> p - q;
        case "*" -> p * q;
        case "/" -> p / q;
        case "//" -> Math.floor(p / q);
        default -> p - q * Math.floor(p / q);
      };
    }
    if (operator.equals("+") && a instanceof String x && b instanceof String y) {
      return joined(x, y);
    }
    if (operator.equals("+") && a instanceof List<?> x && b instanceof List<?> y) {
      List<Object> both = new ArrayList<>(x);
      both.addAll(y);
      Methods.requireShort(both.size());
      return both;
    }
    if (operator.equals("*") && a instanceof String text && b instanceof Long times) {
      long count = Math.max(0, times);
      Methods.requireShort(Math.multiplyExact(count, (long) Math.max(1, text.length())));
      return text.repeat((int) count);
    }
    throw new TemplateException(
        "'%s' between %s and %s is not supported"
            .formatted(operator, Values.kind(a), Values.kind(b)));
  }

  private static String joined(String a, String b) {
    Methods.requireShort((long) a.length() + b.length());
    return a + b;
  }
}
