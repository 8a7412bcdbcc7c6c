package dev.limpid.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Long texts of the kinds that make a tokenizer slow. Whatever took time by the square of their
 * length would take an hour.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("long")
class LongTextTest {
  private static final int LENGTH = 200_000;

  private static final List<String> PATTERNS =
      List.of(
          "a",
          " ",
          "\n",
          " \n",
          "\u0301",
          "\u0301\u0316",
          "\u1100\u1161",
          "1",
          "'",
          "<s>",
          "<",
          "▁",
          "😀",
          "\ud800",
          "When Mary and John went to the store, ");

  static List<Path> tokenizers() throws IOException {
    try (Stream<Path> folders = Files.list(TestData.folder().resolve("goldens/tokenizers"))) {
      return folders.filter(Files::isDirectory).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void takesTimeByTheirLength(Path folder) throws IOException {
    Tokenizer tokenizer = TokenizerLoader.load(folder).orElseThrow().tokenizer();
    for (String pattern : PATTERNS) {
      String text = pattern.repeat(LENGTH / pattern.length());
      List<Integer> ids = tokenizer.encode(text, false);
      assertThat(ids).as(pattern).hasSizeGreaterThan(LENGTH / 100);
      assertThat(tokenizer.decode(ids)).as(pattern).isNotEmpty();
    }
    String marks = "a" + "\u0301".repeat(LENGTH / 2) + "\u0316".repeat(LENGTH / 2);
    assertThat(tokenizer.encode(marks + " a", false)).hasSizeGreaterThan(LENGTH / 10);
  }
}
