package dev.limpid.corpus.spark;

import dev.limpid.corpus.CorpusStatistics;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;

/** Statistics that can be sent. */
public final class SentStatistics implements Externalizable {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("NullAway.Init") // read before it is asked for
  private transient CorpusStatistics statistics;

  /** For reading alone. */
  @SuppressWarnings("NullAway")
  public SentStatistics() {}

  SentStatistics(CorpusStatistics statistics) {
    this.statistics = statistics;
  }

  CorpusStatistics statistics() {
    return statistics;
  }

  SentStatistics merge(SentStatistics other) throws IOException {
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
