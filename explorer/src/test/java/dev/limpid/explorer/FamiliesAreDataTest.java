package dev.limpid.explorer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What computes knows mechanisms, and only what reads files knows families. */
class FamiliesAreDataTest {
  private static final Path MODELS = sources("transformer-models");
  private static final Path LOAD = MODELS.resolve("dev/limpid/model/load");

  /** The forward pass is read from top to bottom. */
  private static final int LONGEST_PASS = 399;

  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\n]*");

  private static final List<String> WHOLE_PAGES = List.of("Transformer", "ModelConfig");

  @Test
  void noNameOfAFamilyStandsInWhatComputes() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files()) {
      String source = Files.readString(file);
      // Pages that people read first do without names in comments, too.
      String page = file.getFileName().toString().replace(".java", "");
      boolean whole = WHOLE_PAGES.contains(page) || page.equals("Contributions");
      String text = whole ? source : COMMENT.matcher(source).replaceAll(" ");
      for (Pattern name : families()) {
        name.matcher(text)
            .results()
            .map(MatchResult::group)
            .forEach(m -> found.add(page + ": " + m));
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void theForwardPassStaysAPage() throws IOException {
    Path pass = MODELS.resolve("dev/limpid/model/Transformer.java");
    assertThat(Files.readAllLines(pass).size()).isLessThanOrEqualTo(LONGEST_PASS);
  }

  @Test
  void theNamesLookedForAreFoundWhereFamiliesAreRead() throws IOException {
    assertThat(words()).hasSizeGreaterThan(20).contains("gpt", "llama", "phi", "granite");
    String readers = Files.readString(LOAD.resolve("FamilyNames.java"));
    assertThat(families().stream().filter(name -> name.matcher(readers).find()).count())
        .isGreaterThan(10);
  }

  /**
   * All sources of what computes: tensors, models but for what reads them, and what asks models.
   */
  private static List<Path> files() throws IOException {
    List<Path> all = new ArrayList<>();
    for (String module : List.of("core-tensor", "transformer-models", "attribution", "routes")) {
      try (Stream<Path> files = Files.walk(sources(module))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !file.startsWith(LOAD))
            // Ways to split texts go by the names of the models that had them first.
            .filter(file -> !file.startsWith(MODELS.resolve("dev/limpid/model/tokenizer")))
            .forEach(all::add);
      }
    }
    assertThat(all).hasSizeGreaterThan(150);
    return all;
  }

  /** The names as they may be written, within a Java name or a text, as words of their own. */
  private static List<Pattern> families() throws IOException {
    return words().stream()
        .map(word ->
            Pattern.compile(
                "(?<![A-Za-z])(%1$s|%2$s)(?![a-z])|(?<![A-Z])%3$s(?![a-z])"
                    .formatted(word, word.toUpperCase(Locale.ROOT), capital(word))))
        .toList();
  }

  private static String capital(String word) {
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }

  /** The first word of every model_type: gpt of gpt_neox, gemma of gemma3_text. */
  private static Set<String> words() throws IOException {
    Set<String> words = new TreeSet<>();
    Pattern.compile("\"([a-z]+)[a-z0-9_]*\", Bos\\.|\\(\\s*\"([a-z]+)[a-z0-9_]*\",\\s*Bos\\.")
        .matcher(Files.readString(LOAD.resolve("Architecture.java")))
        .results()
        .map(m -> m.group(1) == null ? m.group(2) : m.group(1))
        .forEach(words::add);
    words.remove("seed"); // what random numbers begin with, too
    return words;
  }

  private static Path sources(String module) {
    return TestData.root().resolve(module).resolve("src/main/java");
  }
}
