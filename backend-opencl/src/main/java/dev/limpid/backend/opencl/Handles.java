package dev.limpid.backend.opencl;

import java.util.ArrayDeque;
import java.util.Deque;

/** What is to be given back, last one first, when nobody can ask for it any more. */
final class Handles implements Runnable {
  private final Deque<Runnable> releases = new ArrayDeque<>();

  /** Takes note of what gives something back. */
  synchronized void onClose(Runnable release) {
    releases.push(release);
  }

  @Override
  public synchronized void run() {
    while (!releases.isEmpty()) {
      releases.pop().run();
    }
  }
}
