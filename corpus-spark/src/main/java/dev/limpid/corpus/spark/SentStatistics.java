package dev.limpid.corpus.spark;

import dev.limpid.corpus.CorpusStatistics;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;

/** Statistics that Spark can send from one process to another. */
public final class SentStatistics implements Externalizable {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("NullAway.Init") // read before it is asked for
  private transient CorpusStatistics statistics;

  /** For reading alone. */
  @SuppressWarnings("NullAway")
  public SentStatistics() {}

  /** Takes statistics that nothing else adds to. */
  public SentStatistics(CorpusStatistics statistics) {
    this.statistics = statistics;
  }

  /** Returns the statistics. */
  public CorpusStatistics statistics() {
    return statistics;
  }

  /** Returns these with others added to them. Modified; other is not. */
  public SentStatistics merge(SentStatistics other) throws IOException {
    statistics.merge(other.statistics);
    return this;
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    statistics.write(out);
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    statistics = CorpusStatistics.read(in);
  }
}
