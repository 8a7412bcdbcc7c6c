package dev.limpid.model.chat.jinja;

/**
 * A piece of a template.
 *
 * @param kind what it is
 * @param text the text of it; of a string its content
 * @param line where it stands, from 1
 */
record Token(Kind kind, String text, int line) {
  enum Kind {
    /** Text that is printed as it is. */
    TEXT,
    /** Begins a statement. */
    BLOCK_BEGIN,
    /** Ends a statement. */
    BLOCK_END,
    /** Begins an expression that is printed. */
    PRINT_BEGIN,
    /** Ends it. */
    PRINT_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    /** An operator or a bracket. */
    SIGN,
    /** Nothing comes after it. */
    END
  }

  boolean is(Kind other, String content) {
    return kind == other && text.equals(content);
  }

  boolean isSign(String sign) {
    return is(Kind.SIGN, sign);
  }

  boolean isName(String name) {
    return is(Kind.NAME, name);
  }

  @Override
  public String toString() {
    return kind == Kind.END ? "the end of the template" : "'" + text + "'";
  }
}
