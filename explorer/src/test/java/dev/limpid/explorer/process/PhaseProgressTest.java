package dev.limpid.explorer.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.Progress.Phase;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PhaseProgressTest {
  /** Longer than the second that nobody needs to be told of. */
  private static final int LONG = 1100;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private long now;

  private PhaseProgress progress() {
    return new PhaseProgress(console(true), "m");
  }

  private Console console(boolean isTerminal) {
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new Console(InputStream.nullInputStream(), stream, stream, Map.of(), false, isTerminal);
  }

  private String shown() {
    String shown = err.toString(StandardCharsets.UTF_8);
    err.reset();
    return shown;
  }

  @Test
  void aFirstStepThatTakesLongIsShown() throws InterruptedException {
    PhaseProgress progress = progress();
    Thread.sleep(LONG); // the first step: what it takes is all that is tested
    progress.done(Phase.FORWARD, 1, 30);
    assertThat(shown()).contains("running layers", "1 of 30");
    progress.done(Phase.FORWARD, 30, 30);
    assertThat(shown()).as("the line is left empty").endsWith("\r\u001b[K");
  }

  @Test
  void whatIsQuickIsNotShown() throws InterruptedException {
    PhaseProgress progress = progress();
    progress.done(Phase.LOAD, 1, 2);
    progress.done(Phase.LOAD, 2, 2);
    assertThat(shown()).isEmpty();
    Thread.sleep(LONG); // the next phase must not inherit it
    progress.done(Phase.LOAD, 1, 1);
    shown();
    progress.done(Phase.FORWARD, 1, 2);
    assertThat(shown()).as("a phase has a second of its own").isEmpty();
  }

  @Test
  void everyPhaseHasWords() throws InterruptedException {
    Map<Phase, PhaseProgress> lines = new EnumMap<>(Phase.class);
    for (Phase phase : Phase.values()) {
      lines.put(phase, progress());
    }
    Thread.sleep(LONG);
    for (Map.Entry<Phase, PhaseProgress> line : lines.entrySet()) {
      line.getValue().done(line.getKey(), 3, 7);
      assertThat(shown()).contains("[", "3 of 7").matches("(?s).*[a-z]{4}.*");
    }
  }

  /** Progress by a clock that stands until it is put forward, on no terminal. */
  private PhaseProgress byClock() {
    return new PhaseProgress(console(false), "m", () -> now * 1_000_000);
  }

  @Test
  void aSweepThatWillTakeLongSaysSoAfterItsFirstStack() {
    PhaseProgress progress = byClock();
    now += 60_000; // what came before is no part of it
    progress.begins(Phase.RERUNS, 2304, 1);
    now += 2_500;
    progress.done(Phase.RERUNS, 144, 2304);
    assertThat(shown()).isEqualTo("limpid: note: 2,304 runs, about 40 s" + System.lineSeparator());
    now += 99_000;
    progress.done(Phase.RERUNS, 288, 2304);
    progress.done(Phase.RERUNS, 2304, 2304);
    assertThat(shown()).as("once").isEmpty();
  }

  @Test
  void aSweepOfTenSecondsSaysNothing() {
    PhaseProgress progress = byClock();
    progress.begins(Phase.RERUNS, 100, 1);
    now += 1_000;
    progress.done(Phase.RERUNS, 10, 100);
    assertThat(shown()).isEmpty();
  }

  @Test
  void aPathIsToldFromItsFirstPassAndNoEarlier() {
    PhaseProgress progress = byClock();
    progress.begins(Phase.GRADIENTS, 16 * 30, 30);
    now += 20_000; // its forward pass, and one layer
    progress.done(Phase.GRADIENTS, 1, 16 * 30);
    assertThat(shown()).isEmpty();
    now += 17_500;
    progress.done(Phase.GRADIENTS, 30, 16 * 30);
    assertThat(shown()).contains("16 backward passes, about 10 min");
  }

  @Test
  void whatTakesHoursIsToldInHours() {
    PhaseProgress progress = byClock();
    progress.begins(Phase.PROMPTS, 500, 1);
    now += 90_000;
    progress.done(Phase.PROMPTS, 1, 500);
    assertThat(shown()).contains("500 prompts, about 13 h");
  }

  @Test
  void anotherPhaseInBetweenTellsNothing() {
    PhaseProgress progress = byClock();
    progress.begins(Phase.GRADIENTS, 480, 30);
    now += 5_000;
    progress.done(Phase.FORWARD, 30, 30);
    assertThat(shown()).isEmpty();
    now += 5_000;
    progress.done(Phase.GRADIENTS, 30, 480);
    assertThat(shown()).contains("16 backward passes, about 3 min");
  }
}
