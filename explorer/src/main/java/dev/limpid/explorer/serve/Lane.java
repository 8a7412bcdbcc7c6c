package dev.limpid.explorer.serve;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Computes answers, so many at a time and in the order in which they were asked for; the same
 * question at once is computed once. It has as many places as requests may run and wait.
 */
public final class Lane implements AutoCloseable {
  private final int capacity;
  private final List<Thread> threads = new ArrayList<>();
  private final Deque<Job> queue = new ArrayDeque<>();
  private final Map<String, Job> jobs = new HashMap<>();
  private int requests;
  private int running;
  private long done;
  private long cancelled;
  private long refused;
  private boolean closed;

  /**
   * How full a lane is, and what became of requests.
   *
   * @param running computations
   * @param waiting requests whose turn has not come
   * @param done requests that were answered
   * @param cancelled requests whose asker left
   * @param refused requests there was no place for
   */
  public record Counts(int running, int waiting, long done, long cancelled, long refused) {
    /** Returns the counts of two lanes together. */
    public Counts plus(Counts other) {
      return new Counts(
          running + other.running,
          waiting + other.waiting,
          done + other.done,
          cancelled + other.cancelled,
          refused + other.refused);
    }
  }

  /**
   * Opens a lane.
   *
   * @param name of its threads
   * @param width how many answers it computes at a time
   * @param capacity how many requests may run and wait
   */
  Lane(String name, int width, int capacity) {
    this.capacity = capacity;
    for (int i = 0; i < width; i++) {
      Thread thread = new Thread(this::work, "limpid-" + name + "-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
  }

  /**
   * Takes a request.
   *
   * @throws Refusal if there is no place for it
   */
  synchronized Ticket take(String question, Work work) {
    if (closed || requests >= capacity) {
      refused++;
      throw new Refusal(
          Refusal.Code.BUSY,
          "The server is busy: %d requests are running and waiting; try again in a second."
              .formatted(requests));
    }
    @Nullable Job known = jobs.get(question);
    Job job;
    if (known != null && !known.isAbandoned()) {
      job = known;
    } else {
      job = new Job(question, work);
      jobs.put(question, job);
      queue.add(job);
      notifyAll();
    }
    job.join();
    requests++;
    return new Ticket(job, ahead(job));
  }

  /**
   * Computes something before anybody asks for it; who asks for the same meanwhile waits for this.
   * It takes no request's place, and of the counts it is in {@code running} alone.
   */
  public synchronized void prepare(String question, Work work) {
    if (!closed && !jobs.containsKey(question)) {
      Job job = new Job(question, work);
      job.join();
      jobs.put(question, job);
      queue.add(job);
      notifyAll();
    }
  }

  /** How many computations come before that one. */
  private int ahead(Job job) {
    int ahead = queue.contains(job) ? running : 0;
    for (Job other : queue) {
      if (other == job) {
        break;
      }
      ahead++;
    }
    return ahead;
  }

  /** Returns how full it is. */
  public synchronized Counts counts() {
    int begun = Math.min(requests, running);
    return new Counts(running, requests - begun, done, cancelled, refused);
  }

  private void work() {
    for (Job job = next(); job != null; job = next()) {
      Job.Outcome ended = job.compute();
      ended(job); // before anybody is told: who has an answer finds a lane that counts no more work
      // for it
      job.end(ended);
    }
  }

  private synchronized @Nullable Job next() {
    try {
      while (queue.isEmpty() && !closed) {
        wait();
      }
    } catch (InterruptedException e) {
      return null;
    }
    @Nullable Job job = queue.poll();
    if (job != null) {
      running++;
    }
    return job;
  }

  private synchronized void ended(Job job) {
    running--;
    jobs.remove(job.question(), job);
  }

  private synchronized void leave(Job job, boolean answered) {
    requests--;
    if (answered) {
      done++;
    } else {
      cancelled++;
    }
    job.leave();
    if (job.isAbandoned() && queue.remove(job)) {
      jobs.remove(job.question(), job);
    }
  }

  /** Ends all work at its next step, and takes no more. */
  @Override
  public synchronized void close() {
    closed = true;
    jobs.values().forEach(Job::abandon);
    notifyAll();
  }

  /** A request's place in the lane; given back when it has its answer, or nobody waits for one. */
  final class Ticket implements AutoCloseable {
    private final Job job;
    private final int ahead;
    private boolean answered;

    private Ticket(Job job, int ahead) {
      this.job = job;
      this.ahead = ahead;
    }

    Job job() {
      return job;
    }

    /** Returns how many computations came before when it was given. */
    int ahead() {
      return ahead;
    }

    /** Remembers that the asker has the answer. */
    void answered() {
      answered = true;
    }

    @Override
    public void close() {
      leave(job, answered);
    }
  }
}
