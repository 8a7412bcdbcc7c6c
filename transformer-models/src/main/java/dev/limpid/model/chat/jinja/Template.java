package dev.limpid.model.chat.jinja;

import java.util.List;
import java.util.Map;

/** A template, parsed; safe to share between threads. */
public final class Template {
  private static final int LONGEST = 1 << 20;

  private final List<Statement> statements;

  private Template(List<Statement> statements) {
    this.statements = statements;
  }

  /**
   * Reads a template.
   *
   * @throws TemplateException if it is not valid, or has a statement that is not known here
   */
  public static Template of(String text) {
    if (text.length() > LONGEST) {
      throw new TemplateException(
          "the template has %d characters, supported are %d".formatted(text.length(), LONGEST));
    }
    try {
      return new Template(Parser.statements(text));
    } catch (StackOverflowError e) {
      throw new TemplateException("the template nests too deep");
    }
  }

  /**
   * Returns the text it makes.
   *
   * @param values of names: strings, Long, Double, Boolean, lists and maps of them, functions; null
   *     within a map or a list is not possible, {@link #NONE} is
   * @throws TemplateException if it needs what is not known here, or refuses the values
   */
  public String render(Map<String, Object> values) {
    Scope scope = new Scope(Functions.scope());
    values.forEach(scope::set);
    try {
      Renderer renderer = new Renderer();
      renderer.run(statements, scope);
      return renderer.printed();
    } catch (StackOverflowError e) {
      throw new TemplateException("the template nests too deep");
    }
  }

  /** What templates call none. */
  public static final Object NONE = Nothing.NONE;
}
