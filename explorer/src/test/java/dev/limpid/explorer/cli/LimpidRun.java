package dev.limpid.explorer.cli;

import dev.limpid.explorer.Limpid;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ResultStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One run of the command inside the test's process.
 *
 * @param code the exit code
 * @param out what it wrote on stdout
 * @param err what it wrote on stderr
 */
record LimpidRun(int code, String out, String err) {
  private static final Pattern WORD = Pattern.compile("'([^']*)'|\\S+");

  /**
   * Splits a line at blanks into the words of a command; what stands in single quotes is one word,
   * and a {@code %s} in a word becomes the next value, blanks and all.
   */
  static List<String> words(String line, Object... values) {
    Iterator<Object> left = List.of(values).iterator();
    List<String> words =
        WORD.matcher(line)
            .results()
            .map(word -> word.group(1) == null ? word.group() : word.group(1))
            .map(word -> word.contains("%s") ? word.replace("%s", left.next().toString()) : word)
            .toList();
    if (left.hasNext()) {
      throw new IllegalArgumentException("no %s for '" + left.next() + "' in: " + line);
    }
    return words;
  }

  /** What surrounds a run: by default an empty home, no input, no terminal. */
  static final class World {
    private final Map<String, String> variables = new HashMap<>();
    private byte[] input = {};
    private boolean isTerminal;

    /** Gives the run folders of its own, so that nothing of this machine is seen. */
    World(Path home) {
      variables.put("LIMPID_CACHE", home.resolve("cache").toString());
      variables.put("HF_HOME", home.resolve("hf").toString());
    }

    World with(String variable, Object value) {
      variables.put(variable, value.toString());
      return this;
    }

    World input(byte[] bytes) {
      input = bytes.clone();
      return this;
    }

    World onTerminal() {
      isTerminal = true;
      return this;
    }

    Console console(OutputStream out, OutputStream err) {
      return new Console(
          new ByteArrayInputStream(input),
          new PrintStream(new ResultStream(out), false, StandardCharsets.UTF_8),
          new PrintStream(err, true, StandardCharsets.UTF_8),
          variables,
          isTerminal,
          isTerminal);
    }

    LimpidRun runLine(String line, Object... values) {
      return run(words(line, values).toArray(String[]::new));
    }

    LimpidRun run(String... arguments) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      int code = Limpid.run(List.of(arguments), console(out, err));
      return new LimpidRun(
          code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
  }
}
