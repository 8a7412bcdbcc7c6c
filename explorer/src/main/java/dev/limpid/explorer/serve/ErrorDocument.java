package dev.limpid.explorer.serve;

import dev.limpid.json.JsonOut;

/** What every answer with a status from 400 on says. */
record ErrorDocument(What error) {
  private static final int SHORTEST = 11;
  private static final int LONGEST = 299;

  /**
   * The error itself.
   *
   * @param code one of {@link Refusal.Code}
   * @param message one sentence
   */
  record What(String code, String message) {}

  static byte[] bytes(Refusal refusal) {
    return JsonOut.bytes(
        new ErrorDocument(new What(refusal.code().toString(), sentence(refusal.sentence()))));
  }

  /**
   * Makes one sentence of what a message says: on one line, of bounded length, with a full stop.
   */
  static String sentence(String message) {
    String line = message.strip().replaceAll("[\\p{Cntrl}\\u2028\\u2029]+\\s*", " ");
    String ended = line.matches("(?s).*[.!?]$") ? line : line + ".";
    String cut =
        ended.length() <= LONGEST
            ? ended
            : ended.substring(0, ended.offsetByCodePoints(0, LONGEST / 2)) + " ... cut here.";
    return cut.length() < SHORTEST ? "The answer is: " + cut : cut;
  }
}
