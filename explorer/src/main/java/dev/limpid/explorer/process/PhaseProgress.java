package dev.limpid.explorer.process;

import dev.limpid.Progress;
import org.jspecify.annotations.Nullable;

/** Shows the phases of a question as lines of progress, one after the other. */
public final class PhaseProgress implements Progress {
  private final Console console;
  private final String model;
  private long idleSince = System.nanoTime();
  private @Nullable Phase phase;
  private @Nullable ProgressLine line;

  /** Prepares for questions to a model of that name. */
  public PhaseProgress(Console console, String model) {
    this.console = console;
    this.model = model;
  }

  @Override
  public void done(Phase now, int done, int all) {
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
      idleSince = System.nanoTime();
    }
  }

  private String words(Phase now) {
    return switch (now) {
      case LOAD -> "loading " + model;
      case FORWARD -> "running layers";
      case CONTRIBUTIONS -> "contributions of layers";
      case ROUTES -> "routes of positions";
      case READINGS -> "reading states";
      case TOKENS -> "tokens";
      case WRITE -> "writing layers";
      case HASH -> "hashing " + model + ", in MiB:";
      case RERUNS -> "reruns";
      case PROMPTS -> "running prompts";
      case GRADIENTS -> "gradients of layers";
    };
  }
}
