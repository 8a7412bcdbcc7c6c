package dev.limpid.explorer.serve;

import dev.limpid.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** One computation and what is known of it so far; several requests may wait for it. */
final class Job implements Listener {
  private final String question;
  private final Work work;
  private final List<Event> events = new ArrayList<>();
  private int waiting;
  private boolean abandoned;
  private @Nullable Outcome outcome;

  /** How a computation ended. */
  sealed interface Outcome {
    /** It has an answer. */
    record Answered(Content content) implements Outcome {}

    /** It has none. */
    record Failed(Throwable cause) implements Outcome {}
  }

  /** What counts steps. */
  private record Step(String phase, int done, int total) {}

  Job(String question, Work work) {
    this.question = question;
    this.work = work;
  }

  String question() {
    return question;
  }

  /** Computes, in a thread of the lane. */
  Outcome compute() {
    try {
      requireWanted();
      return new Outcome.Answered(work.answer(this));
    } catch (Exception | Error e) { // an error ends a request, not the lane
      return new Outcome.Failed(e);
    }
  }

  /** Tells all that wait how it ended. */
  synchronized void end(Outcome ended) {
    outcome = ended;
    notifyAll();
  }

  @Override
  public void done(Phase phase, int done, int all) {
    add(Event.of("progress", new Step(phase.name().toLowerCase(Locale.ROOT), done, all)));
    requireWanted();
  }

  @Override
  public void ran(int done, int all) {
    done(Progress.Phase.FORWARD, done, all);
  }

  @Override
  public void event(String name, Object document) {
    add(Event.of(name, document));
    requireWanted();
  }

  private synchronized void add(Event event) {
    events.add(event);
    notifyAll();
  }

  private synchronized void requireWanted() {
    if (abandoned) {
      throw new CancellationException("nobody waits for it any more");
    }
  }

  /** Counts a request that waits for it. */
  synchronized void join() {
    waiting++;
  }

  /** Counts one less; the last that leaves ends the work at its next step. */
  synchronized void leave() {
    waiting--;
    abandoned |= waiting == 0;
  }

  /** Ends the work at its next step, whoever waits. */
  synchronized void abandon() {
    abandoned = true;
  }

  synchronized boolean isAbandoned() {
    return abandoned;
  }

  synchronized boolean hasEnded() {
    return outcome != null;
  }

  /**
   * Waits until it has ended.
   *
   * @return nothing if it has not within that time
   */
  synchronized Optional<Outcome> await(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    long left = patience.toMillis();
    while (outcome == null && left > 0) {
      wait(left);
      left = (end - System.nanoTime()) / 1_000_000;
    }
    return Optional.ofNullable(outcome);
  }

  /**
   * Waits for something to tell.
   *
   * @param told how many events were told already
   * @return the events since; none if it has ended and all were told, or nothing happened that long
   */
  synchronized List<Event> await(int told, Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    long left = patience.toMillis();
    while (events.size() == told && outcome == null && left > 0) {
      wait(left);
      left = (end - System.nanoTime()) / 1_000_000;
    }
    return List.copyOf(events.subList(told, events.size()));
  }

  /** Returns how it ended, once all its events were told. */
  synchronized Optional<Outcome> outcome(int told) {
    return events.size() == told ? Optional.ofNullable(outcome) : Optional.empty();
  }
}
