package dev.limpid.tensor.files;

import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;

/** What is wrong with a JSON file, in one line without words from inside the parser. */
public final class JsonProblem {
  private JsonProblem() {}

  /** Returns reason and place, such as "Unexpected end-of-input ... at line 1, column 41". */
  public static String of(JacksonException e) {
    TokenStreamLocation at = e.getLocation();
    return at == null
        ? reason(e)
        : "%s at line %d, column %d".formatted(reason(e), at.getLineNr(), at.getColumnNr());
  }

  /** Returns the reason alone, where the place means nothing to a reader. */
  public static String reason(JacksonException e) {
    String message = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    return message.replaceFirst(" \\(start marker.*", "");
  }
}
