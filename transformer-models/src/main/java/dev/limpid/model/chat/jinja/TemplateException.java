package dev.limpid.model.chat.jinja;

/** Thrown when a template is not valid, needs what is not known here, or refuses its data. */
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean ofTheTemplate;

  private TemplateException(String message, boolean ofTheTemplate) {
    super(message);
    this.ofTheTemplate = ofTheTemplate;
  }

  TemplateException(String message) {
    this(message, false);
  }

  /** Returns the exception that a template raises by itself, in its own words. */
  public static TemplateException raised(String message) {
    return new TemplateException(message, true);
  }

  static TemplateException unknown(String what, int line) {
    return at(line, what + " is not supported");
  }

  static TemplateException at(int line, String what) {
    return new TemplateException("line %d: %s".formatted(line, what));
  }

  /** Returns whether the template raised it by itself. */
  boolean isOfTheTemplate() {
    return ofTheTemplate;
  }
}
