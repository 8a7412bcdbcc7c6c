package dev.limpid.explorer.show;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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
  void whatCannotBeSeenIsWritten() {
    assertThat(TerminalText.text(" the")).isEqualTo(" the");
    assertThat(TerminalText.text("   ")).isEqualTo("␣␣␣");
    assertThat(TerminalText.text("")).isEmpty();
    assertThat(TerminalText.text("\n\r\t\"\\")).isEqualTo("\\n\\r\\t\\\"\\\\");
    assertThat(TerminalText.text("\u00a0\u200b\u00ad\ufeff\u2028\u3164\ue000"))
        .isEqualTo("\\u00a0\\u200b\\u00ad\\ufeff\\u2028\\u3164\\ue000");
    assertThat(TerminalText.text("\udb40\udc41")).isEqualTo("\\U000e0041");
    assertThat(TerminalText.text("\ud800")).isEqualTo("\\ud800");
    assertThat(TerminalText.text("日本 नमस्ते é 🦓 \ufffd <0xE4>"))
        .isEqualTo("日本 नमस्ते é 🦓 \ufffd <0xE4>");
  }

  /** Each of these would be printed as one of the others. */
  @Test
  void noTwoTextsLookAlike() {
    List<String> texts =
        List.of(
            "",
            " ",
            "  ",
            "\u00a0",
            "\u2003",
            "␣",
            "␣␣",
            "\n",
            "\\n",
            "\\\\n",
            "a",
            "a\u200b",
            "a\ufe0f",
            "a\u00ad",
            "\"",
            "\\\"",
            "é",
            "e\u0301",
            "\u0301",
            "Å",
            "\u212b",
            "A\u030a",
            "\u2028",
            "\u000b",
            "\u0085",
            "\ue000",
            "\ue001",
            "\udb40\udc41",
            "\u2800");
    assertThat(texts.stream().map(TerminalText::text)).doesNotHaveDuplicates();
  }

  @Test
  void settingsHaveNoExponent() {
    assertThat(TerminalText.exact(1e-5)).isEqualTo("0.00001");
    assertThat(TerminalText.exact(0)).isEqualTo("0");
  }

  @Test
  void aTokenIsNotCutWhereALineEnds() {
    assertThat(TerminalText.wrapped("  at 14 \" to \\\"x\" and on", 14))
        .isEqualTo("  at 14\n  \" to \\\"x\"\n  and on");
    assertThat(TerminalText.wrapped("6\" long, one mark", 9)).isEqualTo("6\" long,\none mark");
  }
}
