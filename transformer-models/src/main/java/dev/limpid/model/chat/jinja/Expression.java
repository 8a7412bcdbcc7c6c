package dev.limpid.model.chat.jinja;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What has a value. */
sealed interface Expression {
  /** A string, a number, true, false or none. */
  record Literal(Object value) implements Expression {}

  /** A name. */
  record Name(String name) implements Expression {}

  /** A list, or a tuple. */
  record Items(List<Expression> items) implements Expression {}

  /** A dictionary. */
  record Pairs(List<Expression> keys, List<Expression> values) implements Expression {}

  /** {@code of.name}. */
  record Attribute(Expression of, String name, int line) implements Expression {}

  /** {@code of[key]}. */
  record Item(Expression of, Expression key, int line) implements Expression {}

  /** {@code of[from:to:step]}. */
  record Slice(
      Expression of,
      @Nullable Expression from,
      @Nullable Expression to,
      @Nullable Expression step,
      int line)
      implements Expression {}

  /** {@code of(arguments)}. */
  record Call(Expression of, Arguments arguments, int line) implements Expression {}

  /** {@code of|name(arguments)}. */
  record Filter(Expression of, String name, Arguments arguments, int line) implements Expression {}

  /** {@code of is name(arguments)}. */
  record Test(Expression of, String name, Arguments arguments, int line) implements Expression {}

  /** {@code not of}. */
  record Not(Expression of) implements Expression {}

  /** {@code -of}. */
  record Minus(Expression of, int line) implements Expression {}

  /** Both sides, joined by an operator. */
  record Binary(String operator, Expression left, Expression right, int line)
      implements Expression {}

  /** {@code left and right}, {@code left or right}: the second only where it counts. */
  record Logical(boolean and, Expression left, Expression right) implements Expression {}

  /** Comparisons one after the other, true if all are. */
  record Comparison(Expression first, List<String> operators, List<Expression> rest, int line)
      implements Expression {}

  /** {@code then if condition else otherwise}. */
  record Conditional(Expression condition, Expression then, @Nullable Expression otherwise)
      implements Expression {}

  /** What a call is given. */
  record Arguments(List<Expression> positional, Map<String, Expression> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());
  }
}
