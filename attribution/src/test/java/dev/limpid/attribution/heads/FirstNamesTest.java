package dev.limpid.attribution.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FirstNamesTest {
  @Test
  void areOneWordEachBehindABlank() {
    assertThat(FirstNames.read())
        .hasSize(52)
        .contains(" Mary", " John")
        .allMatch(name -> name.matches(" [A-Z][a-z]+"));
  }

  @Test
  void aMissingListIsNamed() {
    assertThatThrownBy(() -> FirstNames.read("no-names.txt"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "resource no-names.txt is missing beside dev.limpid.attribution.heads.FirstNames");
  }
}
