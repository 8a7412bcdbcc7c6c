package dev.limpid.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpellingTest {
  @Test
  void slipsAreCounted() {
    assertThat(Spelling.slips("", "abc")).isEqualTo(3);
    assertThat(Spelling.slips("abc", "abc")).isZero();
    assertThat(Spelling.slips("explian", "explain")).isEqualTo(1);
    assertThat(Spelling.slips("kitten", "sitting")).isEqualTo(3);
  }

  @Test
  void fewSlipsFindTheWord() {
    List<String> words = List.of("--model", "--mode", "--json");
    assertThat(Spelling.nearest("--modle", words)).contains("--model");
    assertThat(Spelling.nearest("--jsn", words)).contains("--json");
    assertThat(Spelling.nearest("version", List.of("neurons", "generate"))).isEmpty();
    assertThat(Spelling.nearest("x", List.of())).isEmpty();
  }
}
