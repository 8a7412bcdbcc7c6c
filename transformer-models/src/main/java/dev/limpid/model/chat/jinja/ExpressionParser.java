package dev.limpid.model.chat.jinja;

import dev.limpid.model.chat.jinja.Expression.Arguments;
import dev.limpid.model.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads expressions; what binds weaker stands higher up. */
final class ExpressionParser {
  private static final int DEEPEST = 200;

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

  private static final Set<String> RESERVED =
      Set.of("and", "or", "not", "in", "is", "if", "else", "elif", "recursive");

  private final List<Token> tokens;
  private int at;
  private int depth;

  ExpressionParser(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token next() {
    return tokens.get(at);
  }

  Token second() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  Token take() {
    Token token = tokens.get(at);
    at = Math.min(at + 1, tokens.size() - 1);
    return token;
  }

  void require(Kind kind, String text) {
    Token token = take();
    if (!token.is(kind, text)) {
      throw TemplateException.at(token.line(), "'%s' is expected, not %s".formatted(text, token));
    }
  }

  private boolean takes(String sign) {
    boolean is = next().isSign(sign);
    if (is) {
      take();
    }
    return is;
  }

  private boolean takesName(String name) {
    boolean is = next().isName(name);
    if (is) {
      take();
    }
    return is;
  }

  void requireShallow(int levels) {
    if (levels > DEEPEST) {
      throw TemplateException.at(next().line(), "nested too deep");
    }
  }

  /** Reads an expression, or several with commas between them. */
  Expression tuple() {
    Expression first = expression();
    if (!next().isSign(",")) {
      return first;
    }
    List<Expression> items = new ArrayList<>(List.of(first));
    while (takes(",") && !endsTuple()) {
      items.add(expression());
    }
    return new Expression.Items(items);
  }

  private boolean endsTuple() {
    Kind kind = next().kind();
    return kind == Kind.BLOCK_END || kind == Kind.PRINT_END || next().isSign(")");
  }

  Expression expression() {
    requireShallow(++depth);
    Expression value = withoutCondition();
    while (takesName("if")) {
      Expression condition = withoutCondition();
      @Nullable Expression otherwise = takesName("else") ? expression() : null;
      value = new Expression.Conditional(condition, value, otherwise);
    }
    depth--;
    return value;
  }

  /** Reads an expression that does not end with {@code if}. */
  Expression withoutCondition() {
    Expression left = conjunction();
    while (takesName("or")) {
      left = new Expression.Logical(false, left, conjunction());
    }
    return left;
  }

  private Expression conjunction() {
    Expression left = negation();
    while (takesName("and")) {
      left = new Expression.Logical(true, left, negation());
    }
    return left;
  }

  private Expression negation() {
    if (takesName("not")) {
      requireShallow(++depth);
      Expression of = negation();
      depth--;
      return new Expression.Not(of);
    }
    return comparison();
  }

  private Expression comparison() {
    int line = next().line();
    Expression first = sum();
    List<String> operators = new ArrayList<>();
    List<Expression> rest = new ArrayList<>();
    while (true) {
      Token token = next();
      if (token.kind() == Kind.SIGN && COMPARISONS.contains(token.text())) {
        operators.add(take().text());
      } else if (takesName("in")) {
        operators.add("in");
      } else if (token.isName("not") && second().isName("in")) {
        take();
        take();
        operators.add("not in");
      } else {
        break;
      }
      rest.add(sum());
    }
    return operators.isEmpty() ? first : new Expression.Comparison(first, operators, rest, line);
  }

  private Expression sum() {
    Expression left = joined();
    while (next().isSign("+") || next().isSign("-")) {
      Token sign = take();
      left = new Expression.Binary(sign.text(), left, joined(), sign.line());
    }
    return left;
  }

  private Expression joined() {
    Expression left = product();
    while (next().isSign("~")) {
      Token sign = take();
      left = new Expression.Binary("~", left, product(), sign.line());
    }
    return left;
  }

  private Expression product() {
    Expression left = unary(true);
    while (Set.of("*", "/", "//", "%").contains(next().text()) && next().kind() == Kind.SIGN) {
      Token sign = take();
      left = new Expression.Binary(sign.text(), left, unary(true), sign.line());
    }
    return left;
  }

  private Expression unary(boolean filtered) {
    requireShallow(++depth);
    Expression value;
    int line = next().line();
    if (takes("-")) {
      value = new Expression.Minus(unary(false), line);
    } else if (takes("+")) {
      value = unary(false);
    } else {
      value = postfix(primary());
      if (next().isSign("**")) {
        throw TemplateException.unknown("'**'", next().line());
      }
    }
    depth--;
    return filtered ? filters(value) : value;
  }

  private Expression primary() {
    Token token = take();
    return switch (token.kind()) {
      case STRING -> {
        StringBuilder text = new StringBuilder(token.text());
        while (next().kind() == Kind.STRING) {
          text.append(take().text());
        }
        yield new Expression.Literal(text.toString());
      }
      case INTEGER -> new Expression.Literal(number(token));
      case FLOAT -> new Expression.Literal(Double.parseDouble(token.text()));
      case NAME -> name(token);
      default -> brackets(token);
    };
  }

  private static Long number(Token token) {
    try {
      return Long.parseLong(token.text());
    } catch (NumberFormatException e) {
      throw TemplateException.at(token.line(), token + " is too large");
    }
  }

  private static Expression name(Token token) {
    if (RESERVED.contains(token.text())) {
      throw TemplateException.at(token.line(), token + " is not expected");
    }
    return switch (token.text()) {
      case "true", "True" -> new Expression.Literal(true);
      case "false", "False" -> new Expression.Literal(false);
      case "none", "None" -> new Expression.Literal(Nothing.NONE);
      default -> new Expression.Name(token.text());
    };
  }

  private Expression brackets(Token token) {
    if (token.isSign("(")) {
      if (takes(")")) {
        return new Expression.Items(List.of());
      }
      Expression inside = tuple();
      require(Kind.SIGN, ")");
      return inside;
    }
    if (token.isSign("[")) {
      List<Expression> items = new ArrayList<>();
      while (!takes("]")) {
        items.add(expression());
        if (!next().isSign("]")) {
          require(Kind.SIGN, ",");
        }
      }
      return new Expression.Items(items);
    }
    if (token.isSign("{")) {
      List<Expression> keys = new ArrayList<>();
      List<Expression> values = new ArrayList<>();
      while (!takes("}")) {
        keys.add(expression());
        require(Kind.SIGN, ":");
        values.add(expression());
        if (!next().isSign("}")) {
          require(Kind.SIGN, ",");
        }
      }
      return new Expression.Pairs(keys, values);
    }
    throw TemplateException.at(token.line(), token + " is not expected");
  }

  private Expression postfix(Expression of) {
    Expression value = of;
    while (true) {
      int line = next().line();
      if (takes(".")) {
        Token name = take();
        if (name.kind() != Kind.NAME) {
          throw TemplateException.at(name.line(), name + " is no name of an attribute");
        }
        value = new Expression.Attribute(value, name.text(), line);
      } else if (takes("[")) {
        value = item(value, line);
      } else if (takes("(")) {
        value = new Expression.Call(value, arguments(), line);
      } else {
        return value;
      }
    }
  }

  private Expression item(Expression of, int line) {
    @Nullable Expression from = next().isSign(":") ? null : tuple();
    if (!takes(":")) {
      require(Kind.SIGN, "]");
      return new Expression.Item(of, Objects.requireNonNull(from), line);
    }
    @Nullable Expression to = next().isSign(":") || next().isSign("]") ? null : expression();
    @Nullable Expression step = takes(":") && !next().isSign("]") ? expression() : null;
    require(Kind.SIGN, "]");
    return new Expression.Slice(of, from, to, step, line);
  }

  /** Filters and tests, which bind alike. */
  private Expression filters(Expression of) {
    Expression value = of;
    while (true) {
      int line = next().line();
      if (takes("|")) {
        String name = take().text();
        Arguments arguments = takes("(") ? arguments() : Arguments.NONE;
        value = new Expression.Filter(value, name, arguments, line);
      } else if (takesName("is")) {
        boolean isNot = takesName("not");
        String name = take().text();
        Expression test = new Expression.Test(value, name, ofTest(), line);
        value = isNot ? new Expression.Not(test) : test;
      } else {
        return value;
      }
    }
  }

  /** A test may have one argument without brackets. */
  private Arguments ofTest() {
    if (takes("(")) {
      return arguments();
    }
    Token token = next();
    boolean isValue =
        switch (token.kind()) {
          case STRING, INTEGER, FLOAT -> true;
          case NAME -> !RESERVED.contains(token.text());
          case SIGN -> token.isSign("[") || token.isSign("{");
          default -> false;
        };
    return isValue ? new Arguments(List.of(postfix(primary())), Map.of()) : Arguments.NONE;
  }

  private Arguments arguments() {
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    while (!takes(")")) {
      if (next().kind() == Kind.NAME && second().isSign("=")) {
        String name = take().text();
        take();
        named.put(name, expression());
      } else if (next().isSign("*") || next().isSign("**")) {
        throw TemplateException.unknown(next() + " in a call", next().line());
      } else if (!named.isEmpty()) {
        throw TemplateException.at(next().line(), "an argument without a name after one with it");
      } else {
        positional.add(expression());
      }
      if (!next().isSign(")")) {
        require(Kind.SIGN, ",");
      }
    }
    return new Arguments(positional, named);
  }
}
