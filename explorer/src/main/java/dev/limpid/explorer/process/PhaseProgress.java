package dev.limpid.explorer.process;

import dev.limpid.Progress;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows the phases of a question as lines of progress, one after the other. A phase that will take
 * long says so first, also where no terminal shows lines.
 */
public final class PhaseProgress implements Progress {
  private final Console console;
  private final String model;
  private final LongSupplier clock;
  private long idleSince;
  private @Nullable Phase phase;
  private @Nullable ProgressLine line;
  private @Nullable Estimate estimate;

  /** Prepares for questions to a model of that name. */
  public PhaseProgress(Console console, String model) {
    this(console, model, System::nanoTime);
  }

  /**
   * Prepares for them with a clock of its own.
   *
   * @param clock in nanoseconds, from any beginning
   */
  PhaseProgress(Console console, String model, LongSupplier clock) {
    this.console = console;
    this.model = model;
    this.clock = clock;
    this.idleSince = clock.getAsLong();
  }

  @Override
  public void begins(Phase now, int all, int fair) {
    idleSince = clock.getAsLong();
    estimate = new Estimate(now, all, fair, idleSince);
  }

  @Override
  public void done(Phase now, int done, int all) {
    estimate(now, done);
    ProgressLine shown = line;
    if (shown == null || now != phase) {
      shown = new ProgressLine(console, idleSince);
      phase = now;
      line = shown;
    }
    shown.steps(words(now), done, all);
    if (done == all) {
      shown.close();
      line = null;
      idleSince = clock.getAsLong();
    }
  }

  /** Says once how long a phase will take, when that can be told and is long. */
  private void estimate(Phase now, int done) {
    Estimate known = estimate;
    if (known != null && known.phase() == now && done >= known.fair()) {
      estimate = null;
      double seconds = known.seconds(done, clock.getAsLong());
      if (seconds > Estimate.LONG) {
        ProgressLine.clear(console);
        console.note(
            String.format(
                Locale.ROOT,
                "%,d %s, about %s",
                known.all() / known.fair(),
                counted(now),
                Estimate.words(seconds)));
      }
    }
  }

  /** What the fair parts of a phase are. */
  private static String counted(Phase phase) {
    return switch (phase) {
      case RERUNS -> "runs";
      case GRADIENTS -> "backward passes";
      case PROMPTS -> "prompts";
      default -> "steps";
    };
  }

  private String words(Phase now) {
    return switch (now) {
      case LOAD -> "loading " + model;
      case FORWARD -> "running layers";
      case CONTRIBUTIONS -> "contributions of layers";
      case ROUTES -> "routes of positions";
      case READINGS -> "reading states";
      case PREDICTIONS -> "predictions of positions";
      case TOKENS -> "tokens";
      case WRITE -> "writing layers";
      case HASH -> "hashing " + model + ", in MiB:";
      case RERUNS -> "reruns";
      case PROMPTS -> "running prompts";
      case GRADIENTS -> "gradients of layers";
    };
  }
}
