package dev.limpid.model.chat.jinja;

import dev.limpid.model.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the statements of a template. */
final class Parser {
  private final ExpressionParser expressions;
  private int depth;

  private Parser(List<Token> tokens) {
    this.expressions = new ExpressionParser(tokens);
  }

  static List<Statement> statements(String template) {
    Parser parser = new Parser(Lexer.tokens(template));
    List<Statement> all = parser.body(Set.of());
    if (parser.next().kind() != Kind.END) {
      throw TemplateException.at(parser.next().line(), "'end...' without a beginning");
    }
    return all;
  }

  private Token next() {
    return expressions.next();
  }

  private Token take() {
    return expressions.take();
  }

  /** Reads up to a statement of one of these names, which is not read. */
  private List<Statement> body(Set<String> ends) {
    expressions.requireShallow(++depth);
    List<Statement> body = new ArrayList<>();
    while (next().kind() != Kind.END) {
      Token token = next();
      if (token.kind() == Kind.BLOCK_BEGIN && isEnd(expressions.second(), ends)) {
        break;
      }
      take();
      switch (token.kind()) {
        case TEXT -> body.add(new Statement.Text(token.text()));
        case PRINT_BEGIN -> {
          body.add(new Statement.Print(expressions.tuple()));
          expressions.require(Kind.PRINT_END, "}}");
        }
        default -> body.add(statement());
      }
    }
    depth--;
    return body;
  }

  private static boolean isEnd(Token name, Set<String> ends) {
    return ends.contains(name.text())
        || (ends.isEmpty() && name.kind() == Kind.NAME && name.text().startsWith("end"));
  }

  private Statement statement() {
    Token name = take();
    return switch (name.text()) {
      case "if" -> conditions();
      case "for" -> loop(name.line());
      case "set" -> set(name.line());
      case "macro" -> macro();
      case "generation" -> {
        close();
        List<Statement> body = body(Set.of("endgeneration"));
        end("endgeneration");
        yield new Statement.Part(body);
      }
      case "break" -> {
        close();
        yield new Statement.Break(name.line());
      }
      case "continue" -> {
        close();
        yield new Statement.Continue(name.line());
      }
      default -> throw TemplateException.unknown("statement " + name, name.line());
    };
  }

  private void close() {
    expressions.require(Kind.BLOCK_END, "%}");
  }

  /** Reads the statement that ends a part. */
  private void end(String name) {
    if (next().kind() == Kind.END) {
      throw TemplateException.at(next().line(), "'" + name + "' is missing");
    }
    take();
    expressions.require(Kind.NAME, name);
    close();
  }

  private Statement conditions() {
    List<Expression> conditions = new ArrayList<>();
    List<List<Statement>> ways = new ArrayList<>();
    List<Statement> otherwise = List.of();
    Set<String> ends = Set.of("elif", "else", "endif");
    conditions.add(expressions.tuple());
    close();
    ways.add(body(ends));
    while (expressions.second().isName("elif")) {
      take();
      take();
      conditions.add(expressions.tuple());
      close();
      ways.add(body(ends));
    }
    if (expressions.second().isName("else")) {
      take();
      take();
      close();
      otherwise = body(Set.of("endif"));
    }
    end("endif");
    return new Statement.If(conditions, ways, otherwise);
  }

  private Statement loop(int line) {
    List<String> names = names();
    expressions.require(Kind.NAME, "in");
    Expression items = expressions.withoutCondition();
    @Nullable Expression condition = null;
    if (next().isName("if")) {
      take();
      condition = expressions.expression();
    }
    if (next().isName("recursive")) {
      throw TemplateException.unknown("a recursive loop", line);
    }
    close();
    List<Statement> body = body(Set.of("else", "endfor"));
    List<Statement> otherwise = List.of();
    if (expressions.second().isName("else")) {
      take();
      take();
      close();
      otherwise = body(Set.of("endfor"));
    }
    end("endfor");
    return new Statement.For(names, items, condition, body, otherwise, line);
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    boolean inBrackets = next().isSign("(");
    if (inBrackets) {
      take();
    }
    names.add(name());
    while (next().isSign(",")) {
      take();
      names.add(name());
    }
    if (inBrackets) {
      expressions.require(Kind.SIGN, ")");
    }
    return names;
  }

  private String name() {
    Token token = take();
    if (token.kind() != Kind.NAME) {
      throw TemplateException.at(token.line(), token + " is no name");
    }
    return token.text();
  }

  private Statement set(int line) {
    List<String> names = names();
    @Nullable String attribute = null;
    if (next().isSign(".")) {
      take();
      attribute = name();
    }
    if (next().kind() == Kind.BLOCK_END && names.size() == 1 && attribute == null) {
      close();
      List<Statement> body = body(Set.of("endset"));
      end("endset");
      return new Statement.SetBlock(names.getFirst(), body);
    }
    if (next().isSign("|")) {
      throw TemplateException.unknown("a filter of a block that is set", line);
    }
    expressions.require(Kind.SIGN, "=");
    Expression value = expressions.tuple();
    close();
    return new Statement.Set(names, attribute, value, line);
  }

  private Statement macro() {
    String name = name();
    expressions.require(Kind.SIGN, "(");
    List<String> parameters = new ArrayList<>();
    List<@Nullable Expression> defaults = new ArrayList<>();
    while (!next().isSign(")")) {
      parameters.add(name());
      boolean hasDefault = next().isSign("=");
      if (hasDefault) {
        take();
      }
      defaults.add(hasDefault ? expressions.expression() : null);
      if (!next().isSign(")")) {
        expressions.require(Kind.SIGN, ",");
      }
    }
    take();
    close();
    List<Statement> body = body(Set.of("endmacro"));
    end("endmacro");
    return new Statement.Macro(name, parameters, defaults, body);
  }
}
