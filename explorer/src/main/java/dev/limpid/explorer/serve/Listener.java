package dev.limpid.explorer.serve;

import dev.limpid.Progress;

/** Hears how far an answer is; ends it by an exception when nobody waits for it any more. */
public interface Listener extends Progress {
  /**
   * Sends an event of its own.
   *
   * @param name of the event
   * @param document what it says
   */
  void event(String name, Object document);
}
