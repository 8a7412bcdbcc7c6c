package dev.limpid.explorer.help;

import java.util.Locale;

/** The headings of options, in the order in which help shows them. */
public enum Heading {
  /** What one command alone asks. */
  OPTIONS,
  /** The text or the tokens. */
  PROMPT,
  /** The next tokens that a question is about. */
  ANSWER,
  /** What changes are measured by, and the runs that values come from. */
  COMPARISON,
  /** How routes are extracted. */
  ROUTE,
  /** How contributions are computed. */
  CONTRIBUTIONS,
  /** How tokens are drawn. */
  SAMPLING,
  /** Where results go, and in which form. */
  OUTPUT,
  /** Which model. */
  MODEL,
  /** What computes. */
  COMPUTATION,
  /** What all commands have. */
  GENERAL;

  @Override
  public String toString() {
    return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
  }
}
