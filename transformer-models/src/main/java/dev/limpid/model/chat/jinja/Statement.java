package dev.limpid.model.chat.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a template does, in order. */
sealed interface Statement {
  /** Prints a text as it is. */
  record Text(String text) implements Statement {}

  /** Prints a value. */
  record Print(Expression value) implements Statement {}

  /** Goes one of several ways. */
  record If(List<Expression> conditions, List<List<Statement>> ways, List<Statement> otherwise)
      implements Statement {}

  /** Goes through items. */
  record For(
      List<String> names,
      Expression items,
      @Nullable Expression condition,
      List<Statement> body,
      List<Statement> otherwise,
      int line)
      implements Statement {}

  /** Gives values to names; one with an attribute belongs to a namespace. */
  record Set(List<String> names, @Nullable String attribute, Expression value, int line)
      implements Statement {}

  /** Gives what a part of the template prints to a name. */
  record SetBlock(String name, List<Statement> body) implements Statement {}

  /** Defines what can be called. */
  record Macro(
      String name,
      List<String> parameters,
      List<@Nullable Expression> defaults,
      List<Statement> body)
      implements Statement {}

  /** What only marks a part, as {@code generation} does. */
  record Part(List<Statement> body) implements Statement {}

  /** Leaves a loop. */
  record Break(int line) implements Statement {}

  /** Goes on with the next item of a loop. */
  record Continue(int line) implements Statement {}
}
