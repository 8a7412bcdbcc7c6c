package dev.limpid.corpus;

import dev.limpid.routes.statistics.RouteSample;
import dev.limpid.routes.statistics.RouteStatistics;
import dev.limpid.routes.statistics.StatisticsShape;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Statistics of all prompts and of each group: a commutative monoid, as {@link RouteStatistics} is.
 * Not safe to share between threads.
 */
public final class CorpusStatistics {
  /** A key with more values is none that groups are made by; each takes memory. */
  static final int MOST_GROUPS = 1000;

  private final RouteStatistics all;
  private final TreeMap<String, RouteStatistics> groups = new TreeMap<>();
  private long rejected;

  private CorpusStatistics(RouteStatistics all) {
    this.all = all;
  }

  /** Returns the statistics of no prompts. */
  public static CorpusStatistics empty(StatisticsShape shape) {
    return new CorpusStatistics(RouteStatistics.empty(shape));
  }

  /** Returns these with a sample of a group added to them. Modified. */
  public CorpusStatistics plus(RouteSample sample, Optional<String> group) throws IOException {
    all.plus(sample);
    if (group.isPresent()) {
      group(group.get()).plus(sample);
    }
    return this;
  }

  /** Returns these with one more prompt that could not be run. Modified. */
  public CorpusStatistics plusRejected() {
    rejected++;
    return this;
  }

  /** Returns these with others added to them. Modified; other is not. */
  public CorpusStatistics merge(CorpusStatistics other) throws IOException {
    all.merge(other.all);
    for (Map.Entry<String, RouteStatistics> group : other.groups.entrySet()) {
      group(group.getKey()).merge(group.getValue());
    }
    rejected += other.rejected;
    return this;
  }

  private RouteStatistics group(String name) throws IOException {
    RouteStatistics known = groups.get(name);
    if (known == null) {
      if (groups.size() == MOST_GROUPS) {
        throw new IOException(
            "--group-by: more than %d groups; give a key with fewer values".formatted(MOST_GROUPS));
      }
      known = RouteStatistics.empty(all.shape().withoutExamples());
      groups.put(name, known);
    }
    return known;
  }

  /** Returns those of all prompts. */
  public RouteStatistics all() {
    return all;
  }

  /** Returns those of each group, by name. */
  public Map<String, RouteStatistics> groups() {
    return Collections.unmodifiableMap(groups);
  }

  /** Returns how many prompts could not be run. */
  public long rejected() {
    return rejected;
  }

  /** Writes them; statistics of the same samples give the same bytes. */
  public void write(DataOutput out) throws IOException {
    out.writeLong(rejected);
    all.write(out);
    out.writeInt(groups.size());
    for (Map.Entry<String, RouteStatistics> group : groups.entrySet()) {
      out.writeUTF(group.getKey());
      group.getValue().write(out);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException if that is not what stands there
   */
  public static CorpusStatistics read(DataInput in) throws IOException {
    long rejected = in.readLong();
    CorpusStatistics read = new CorpusStatistics(RouteStatistics.read(in));
    read.rejected = rejected;
    for (int left = in.readInt(); left > 0; left--) {
      String name = in.readUTF();
      read.groups.put(name, RouteStatistics.read(in));
    }
    return read;
  }
}
