package dev.limpid.model.chat.jinja;

import dev.limpid.model.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens. As Hugging Face sets it: a newline right behind a statement goes,
 * and so does white space between the beginning of a line and a statement; one newline at the end
 * of the template goes, too.
 */
final class Lexer {
  private static final Pattern BEGIN = Pattern.compile("\\{([%{#])([-+]?)");

  private static final Pattern RAW =
      Pattern.compile(
          "\\{%[-+]?\\s*raw\\s*(-?)%}(.*?)\\{%(-?)\\s*endraw\\s*[-+]?%}", Pattern.DOTALL);

  private static final Pattern RAW_BEGIN = Pattern.compile("\\{%[-+]?\\s*raw\\s*-?%}");

  private static final Pattern INSIDE =
      Pattern.compile(
          "(?<name>[\\p{L}_][\\p{L}\\p{N}_]*)"
              + "|(?<float>[0-9]+\\.[0-9]+(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+)"
              + "|(?<integer>[0-9]+(?:_[0-9]+)*)"
              + "|(?<string>'(?:[^'\\\\]|\\\\.)*+'|\"(?:[^\"\\\\]|\\\\.)*+\")"
              + "|(?<sign>//|\\*\\*|==|!=|<=|>=|[-+*/%~<>=()\\[\\]{},.:|])",
          Pattern.DOTALL);

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private boolean stripNext;
  private int counted;
  private int line = 1;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String template) {
    String unix = template.replace("\r\n", "\n").replace('\r', '\n');
    String source = unix.endsWith("\n") ? unix.substring(0, unix.length() - 1) : unix;
    Lexer lexer = new Lexer(source);
    lexer.all();
    return lexer.tokens;
  }

  private void all() {
    while (at < source.length()) {
      Matcher begin = BEGIN.matcher(source);
      if (!begin.find(at)) {
        text(at, source.length());
        break;
      }
      String sign = begin.group(2);
      int end = begin.start();
      if (sign.equals("-")) {
        end = withoutSpaceBefore(end);
      } else if (sign.isEmpty() && !begin.group(1).equals("{")) {
        end = beginOfBlankLine(end);
      }
      text(at, end);
      inside(begin);
    }
    tokens.add(new Token(Kind.END, "", line(source.length())));
  }

  private void inside(Matcher begin) {
    switch (begin.group(1)) {
      case "#" -> {
        int end = source.indexOf("#}", begin.end());
        if (end < 0) {
          throw TemplateException.at(line(begin.start()), "a comment has no end");
        }
        // "{#-#}" has its sign for both ends.
        boolean strips = source.charAt(end - 1) == '-' && end - 1 >= begin.start() + 2;
        at = end + 2;
        stripNext = strips;
        boolean keeps = source.charAt(end - 1) == '+' && end - 1 >= begin.end();
        afterStatement(!strips && !keeps);
      }
      case "%" -> {
        Matcher raw = RAW.matcher(source).region(begin.start(), source.length());
        if (raw.lookingAt()) {
          raw(raw);
        } else if (raw.usePattern(RAW_BEGIN).lookingAt()) {
          throw TemplateException.at(line(begin.start()), "'endraw' is missing");
        } else {
          tokens.add(new Token(Kind.BLOCK_BEGIN, begin.group(), line(begin.start())));
          at = begin.end();
          expression(Kind.BLOCK_END, "%}");
        }
      }
      default -> {
        tokens.add(new Token(Kind.PRINT_BEGIN, begin.group(), line(begin.start())));
        at = begin.end();
        expression(Kind.PRINT_END, "}}");
      }
    }
  }

  private void raw(Matcher raw) {
    String content = raw.group(2);
    if (!raw.group(1).isEmpty()) {
      content = content.stripLeading();
    } else if (content.startsWith("\n")) {
      content = content.substring(1);
    }
    if (!raw.group(3).isEmpty()) {
      content = content.stripTrailing();
    }
    if (!content.isEmpty()) {
      tokens.add(new Token(Kind.TEXT, content, line(raw.start())));
    }
    at = raw.end();
    stripNext = source.charAt(at - 3) == '-';
    afterStatement(!stripNext);
  }

  private void text(int from, int to) {
    int begin = from;
    if (stripNext) {
      while (begin < to && isSpace(source.charAt(begin))) {
        begin++;
      }
    }
    stripNext = false;
    if (begin < to) {
      tokens.add(new Token(Kind.TEXT, source.substring(begin, to), line(begin)));
    }
  }

  private void expression(Kind end, String closing) {
    int depth = 0;
    while (true) {
      while (at < source.length() && isSpace(source.charAt(at))) {
        at++;
      }
      if (at >= source.length()) {
        throw TemplateException.at(line(at), closing + " is missing");
      }
      if (depth == 0) {
        boolean strips = source.startsWith("-" + closing, at);
        boolean keeps = end == Kind.BLOCK_END && source.startsWith("+" + closing, at);
        if (strips || keeps || source.startsWith(closing, at)) {
          at += closing.length() + (strips || keeps ? 1 : 0);
          tokens.add(new Token(end, closing, line(at)));
          stripNext = strips;
          if (end == Kind.BLOCK_END) {
            afterStatement(!strips && !keeps);
          }
          return;
        }
      }
      Matcher next = INSIDE.matcher(source).region(at, source.length());
      if (!next.lookingAt()) {
        throw TemplateException.at(
            line(at), "'%s' is not expected".formatted(Character.toString(source.codePointAt(at))));
      }
      Token token = token(next);
      if (token.kind() == Kind.SIGN) {
        depth += "([{".contains(token.text()) ? 1 : ")]}".contains(token.text()) ? -1 : 0;
      }
      tokens.add(token);
      at = next.end();
    }
  }

  private Token token(Matcher next) {
    int line = line(next.start());
    if (next.group("name") != null) {
      return new Token(Kind.NAME, next.group(), line);
    }
    if (next.group("string") != null) {
      return new Token(Kind.STRING, unescaped(next.group(), line), line);
    }
    if (next.group("float") != null) {
      return new Token(Kind.FLOAT, next.group(), line);
    }
    return next.group("integer") != null
        ? new Token(Kind.INTEGER, next.group().replace("_", ""), line)
        : new Token(Kind.SIGN, next.group(), line);
  }

  /** Escapes are those of Python's strings. */
  private static String unescaped(String quoted, int line) {
    StringBuilder text = new StringBuilder();
    int i = 1;
    while (i < quoted.length() - 1) {
      char c = quoted.charAt(i);
      i++;
      if (c != '\\') {
        text.append(c);
        continue;
      }
      char escaped = quoted.charAt(i);
      i++;
      switch (escaped) {
        case 'n' -> text.append('\n');
        case 't' -> text.append('\t');
        case 'r' -> text.append('\r');
        case 'b' -> text.append('\b');
        case 'f' -> text.append('\f');
        case '\\', '\'', '"' -> text.append(escaped);
        case '\n' -> {}
        case 'u', 'x' -> {
          int digits = escaped == 'u' ? 4 : 2;
          String hex = quoted.substring(i, Math.min(i + digits, quoted.length() - 1));
          if (!hex.matches("[0-9a-fA-F]{" + digits + "}")) {
            throw TemplateException.at(line, "'\\" + escaped + hex + "' is no character");
          }
          text.append((char) Integer.parseInt(hex, 16));
          i += digits;
        }
        default -> {
          if (Character.isDigit(escaped) || "NUav".indexOf(escaped) >= 0) {
            throw TemplateException.unknown("'\\" + escaped + "' in a string", line);
          }
          text.append('\\').append(escaped);
        }
      }
    }
    return text.toString();
  }

  private void afterStatement(boolean dropsNewline) {
    if (dropsNewline && at < source.length() && source.charAt(at) == '\n') {
      at++;
    }
  }

  private int withoutSpaceBefore(int end) {
    int before = end;
    while (before > at && isSpace(source.charAt(before - 1))) {
      before--;
    }
    return before;
  }

  /** Where a statement is the first of its line, what stands before it goes. */
  private int beginOfBlankLine(int end) {
    int before = end;
    while (before > at && isSpace(source.charAt(before - 1)) && source.charAt(before - 1) != '\n') {
      before--;
    }
    boolean isFirst = before == 0 || source.charAt(before - 1) == '\n';
    return isFirst ? before : end;
  }

  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || c == '\u00a0' || c == '\u0085';
  }

  /** Counts on from the last place that was asked for. */
  private int line(int offset) {
    if (offset < counted) {
      counted = 0;
      line = 1;
    }
    for (; counted < offset; counted++) {
      line += source.charAt(counted) == '\n' ? 1 : 0;
    }
    return line;
  }
}
