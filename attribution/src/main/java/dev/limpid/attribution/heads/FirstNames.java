package dev.limpid.attribution.heads;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;

/** Common first names in English text, with the blank that makes them tokens within a text. */
final class FirstNames {
  private FirstNames() {}

  /** Reads the names, such as {@code " Mary"}, from the resource first-names.txt. */
  static Set<String> read() {
    return read("first-names.txt");
  }

  /**
   * Reads names from a resource beside this class: one a line, without its blank; lines that begin
   * with {@code #} are comments.
   *
   * @throws IllegalStateException if there is no such resource: the jar is not whole
   */
  static Set<String> read(String resource) {
    try (InputStream in = FirstNames.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(
            "resource %s is missing beside %s".formatted(resource, FirstNames.class.getName()));
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(name -> " " + name)
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
