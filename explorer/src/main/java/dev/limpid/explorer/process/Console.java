package dev.limpid.explorer.process;

import dev.limpid.json.JsonOut;
import dev.limpid.view.Document;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;

/**
 * What a command sees of the world: its streams, the environment, and whether a person is looking.
 *
 * @param in what is piped or typed in
 * @param out results only
 * @param err progress, warnings, errors
 * @param variables the environment variables
 * @param outIsTerminal whether {@code out} is a terminal, so that colours make sense
 * @param errIsTerminal whether {@code err} is a terminal, so that progress makes sense
 * @param debug takes what is said with {@code --debug} alone
 */
public record Console(
    InputStream in,
    PrintStream out,
    PrintStream err,
    Map<String, String> variables,
    boolean outIsTerminal,
    boolean errIsTerminal,
    Debug debug) {
  private static final int WIDTH = 80;
  private static final int LEAST_WIDTH = 60;

  /** Creates one without {@code --debug}. */
  public Console(
      InputStream in,
      PrintStream out,
      PrintStream err,
      Map<String, String> variables,
      boolean outIsTerminal,
      boolean errIsTerminal) {
    this(in, out, err, variables, outIsTerminal, errIsTerminal, new Debug(err, false));
  }

  /** Returns the same with {@code --debug}, or without. */
  public Console withDebug(boolean on) {
    Debug other = new Debug(err, on);
    return new Console(in, out, err, variables, outIsTerminal, errIsTerminal, other);
  }

  /** Returns an environment variable; empty also where it is set to nothing. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
  }

  /** Returns how many columns a line may have: {@code COLUMNS} where it is set, else 80. */
  public int width() {
    return variable("COLUMNS")
        .filter(value -> value.matches("\\d{1,4}"))
        .map(Integer::valueOf)
        .filter(columns -> columns >= LEAST_WIDTH)
        .orElse(WIDTH);
  }

  /** Returns whether to colour what is written to {@link #out} (see no-color.org). */
  public boolean colours() {
    return outIsTerminal
        && variable("NO_COLOR").isEmpty()
        && !variable("TERM").equals(Optional.of("dumb"));
  }

  /** Writes a JSON document to {@link #out}, whole or not at all. */
  public void print(Document document) {
    byte[] bytes = JsonOut.bytes(document);
    out.write(bytes, 0, bytes.length);
  }

  /** Writes what a user may want to know, one line. */
  public void note(String message) {
    err.println("limpid: note: " + message);
  }

  /** Writes a warning, one line. */
  public void warn(String message) {
    err.println("limpid: warning: " + message);
  }
}
