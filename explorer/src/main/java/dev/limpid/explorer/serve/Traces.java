package dev.limpid.explorer.serve;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The traces that are kept: as many bytes as there is room for, the least recently used go. */
public final class Traces {
  private final long limit;
  private final Map<String, Trace> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /** How full it is. */
  public record Size(long limitBytes, long bytes, int traces) {}

  Traces(long limit) {
    this.limit = limit;
  }

  /** Returns how full it is. */
  public synchronized Size size() {
    return new Size(limit, bytes, kept.size());
  }

  /** Returns the trace of an id, if it is kept. */
  public synchronized Optional<Trace> find(String id) {
    return Optional.ofNullable(kept.get(id));
  }

  /**
   * Returns the trace of an id.
   *
   * @throws Refusal if it is not kept
   */
  public Trace require(String id) {
    return find(id)
        .orElseThrow(() ->
            new Refusal(
                Refusal.Code.UNKNOWN_TRACE,
                "trace %s: not known, or no longer kept; POST /api/traces makes it again."
                    .formatted(Query.brief(id))));
  }

  /** Forgets the traces that are not wanted any more. */
  synchronized void retain(Predicate<Trace> wanted) {
    Iterator<Trace> all = kept.values().iterator();
    while (all.hasNext()) {
      Trace trace = all.next();
      if (!wanted.test(trace)) {
        bytes -= trace.bytes();
        all.remove();
      }
    }
  }

  /** Keeps a trace; the last one that was put is kept however large it is. */
  public synchronized void put(Trace trace) {
    @Nullable Trace before = kept.put(trace.id(), trace);
    bytes += trace.bytes() - (before == null ? 0 : before.bytes());
    Iterator<Trace> oldest = kept.values().iterator();
    while (bytes > limit && kept.size() > 1) {
      bytes -= oldest.next().bytes();
      oldest.remove();
    }
  }
}
