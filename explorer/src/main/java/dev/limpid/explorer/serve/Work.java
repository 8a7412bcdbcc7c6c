package dev.limpid.explorer.serve;

import dev.limpid.QuestionException;
import java.io.IOException;

/** What a lane computes for one or several requests. */
@FunctionalInterface
public interface Work {
  /**
   * Computes the answer.
   *
   * @param listener hears how far it is, and ends it when nobody waits any more
   */
  Content answer(Listener listener) throws IOException, QuestionException;
}
