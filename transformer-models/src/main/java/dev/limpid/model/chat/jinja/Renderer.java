package dev.limpid.model.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs statements and keeps what they print. */
final class Renderer {
  private static final int DEEPEST = 20;

  private final Evaluator evaluator = new Evaluator();
  private StringBuilder out = new StringBuilder();
  private int macros;

  /** How a part ended. */
  private enum End {
    DONE,
    BREAK,
    CONTINUE
  }

  String printed() {
    return out.toString();
  }

  void run(List<Statement> statements, Scope scope) {
    if (body(statements, scope) != End.DONE) {
      throw new TemplateException("'break' or 'continue' outside of a loop");
    }
  }

  private End body(List<Statement> statements, Scope scope) {
    for (Statement statement : statements) {
      evaluator.step();
      End end = one(statement, scope);
      if (end != End.DONE) {
        return end;
      }
    }
    return End.DONE;
  }

  private End one(Statement statement, Scope scope) {
    switch (statement) {
      case Statement.Text(String text) -> print(text);
      case Statement.Print(Expression value) -> print(Values.text(evaluator.value(value, scope)));
      case Statement.If conditions -> {
        return body(chosen(conditions, scope), scope);
      }
      case Statement.For loop -> loop(loop, scope);
      case Statement.Set set -> set(set, scope);
      case Statement.SetBlock(String name, List<Statement> body) ->
          scope.set(name, captured(body, new Scope(scope)));
      case Statement.Macro macro -> scope.set(macro.name(), macro(macro, scope));
      case Statement.Part(List<Statement> body) -> {
        return body(body, scope);
      }
      case Statement.Break _ -> {
        return End.BREAK;
      }
      case Statement.Continue _ -> {
        return End.CONTINUE;
      }
    }
    return End.DONE;
  }

  private void print(String text) {
    out.append(text);
    Methods.requireShort(out.length());
  }

  private List<Statement> chosen(Statement.If of, Scope scope) {
    for (int i = 0; i < of.conditions().size(); i++) {
      if (Values.isTrue(evaluator.value(of.conditions().get(i), scope))) {
        return of.ways().get(i);
      }
    }
    return of.otherwise();
  }

  private void loop(Statement.For loop, Scope scope) {
    List<Object> items = items(loop, scope);
    if (items.isEmpty()) {
      run(loop.otherwise(), scope);
      return;
    }
    for (int i = 0; i < items.size(); i++) {
      evaluator.steps(2);
      Scope inside = new Scope(scope);
      name(loop.names(), items.get(i), inside, loop.line());
      inside.set("loop", new Loop(items, i));
      if (body(loop.body(), inside) == End.BREAK) {
        return;
      }
    }
  }

  private List<Object> items(Statement.For loop, Scope scope) {
    Object all = evaluator.whole(loop.items(), scope);
    List<Object> items;
    try {
      items = Values.items(all);
    } catch (TemplateException e) {
      throw TemplateException.at(loop.line(), String.valueOf(e.getMessage()));
    }
    if (loop.condition() == null) {
      return items;
    }
    List<Object> chosen = new ArrayList<>();
    for (Object item : items) {
      Scope inside = new Scope(scope);
      name(loop.names(), item, inside, loop.line());
      if (Values.isTrue(evaluator.value(loop.condition(), inside))) {
        chosen.add(item);
      }
    }
    return chosen;
  }

  private static void name(List<String> names, Object value, Scope scope, int line) {
    if (names.size() == 1) {
      scope.set(names.getFirst(), value);
      return;
    }
    if (!(value instanceof List<?> parts) || parts.size() != names.size()) {
      throw TemplateException.at(
          line, "%d names for %s".formatted(names.size(), Values.kind(value)));
    }
    for (int i = 0; i < names.size(); i++) {
      scope.set(names.get(i), parts.get(i));
    }
  }

  private void set(Statement.Set set, Scope scope) {
    Object value = evaluator.value(set.value(), scope);
    if (set.attribute() == null) {
      name(set.names(), value, scope, set.line());
      return;
    }
    if (!(scope.get(set.names().getFirst()) instanceof Namespace(Map<String, Object> values))) {
      throw TemplateException.at(
          set.line(), "'%s' is no namespace".formatted(set.names().getFirst()));
    }
    values.put(set.attribute(), value);
  }

  private String captured(List<Statement> body, Scope scope) {
    StringBuilder before = out;
    out = new StringBuilder();
    try {
      run(body, scope);
      return out.toString();
    } finally {
      out = before;
    }
  }

  private Callable macro(Statement.Macro macro, Scope scope) {
    return given -> {
      if (++macros > DEEPEST) {
        throw new TemplateException("macros call one another too deep");
      }
      given.of(macro.parameters().toArray(String[]::new));
      Scope inside = new Scope(scope);
      for (int i = 0; i < macro.parameters().size(); i++) {
        String name = macro.parameters().get(i);
        @Nullable Object value = given.get(i, name);
        @Nullable Expression otherwise = macro.defaults().get(i);
        if (value == null) {
          value = otherwise == null ? Nothing.UNDEFINED : evaluator.value(otherwise, inside);
        }
        inside.set(name, value);
      }
      String text = captured(macro.body(), inside);
      macros--;
      return text;
    };
  }
}
