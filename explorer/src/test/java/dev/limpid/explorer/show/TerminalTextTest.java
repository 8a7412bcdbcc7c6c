package dev.limpid.explorer.show;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Columns of a terminal. */
class TerminalTextTest {
  @Test
  void columnsCountWhatATerminalShows() {
    assertThat(TerminalText.width("日本語")).isEqualTo(6);
    assertThat(TerminalText.width("e\u0301🦓")).isEqualTo(3);
    assertThat(TerminalText.columns("ab", 4)).isEqualTo("ab  ");
    assertThat(TerminalText.columns("日本語", 6)).isEqualTo("日本語");
    assertThat(TerminalText.columns("日本語", 5)).isEqualTo("日本…");
    assertThat(TerminalText.columns("日本語", 4)).isEqualTo("日… ");
  }

  @Test
  void settingsHaveNoExponent() {
    assertThat(TerminalText.exact(1e-5)).isEqualTo("0.00001");
    assertThat(TerminalText.exact(0)).isEqualTo("0");
  }
}
