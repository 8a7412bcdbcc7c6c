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

  private PhaseProgress progress() {
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new PhaseProgress(
        new Console(InputStream.nullInputStream(), stream, stream, Map.of(), false, true), "m");
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
}
