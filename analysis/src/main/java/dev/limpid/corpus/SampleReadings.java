package dev.limpid.corpus;

import dev.limpid.attribution.logits.LensReading;
import dev.limpid.attribution.logits.LogitLens;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What the lens reads in the state behind each layer, of all samples of some prompts: many states
 * go through the head together, as it is the largest matrix of a model. Samples are read in the
 * order in which they are added.
 */
final class SampleReadings {
  /** What logits may take at a time. */
  private static final long BYTES = 32L << 20;

  private final Transformer model;
  private final List<Tensor> states = new ArrayList<>();
  private final Deque<List<LensReading>> readings = new ArrayDeque<>();

  SampleReadings(Transformer model) {
    this.model = model;
  }

  /** Adds the samples at some positions of a prompt. */
  void add(ForwardTrace trace, List<Integer> positions) {
    for (int t : positions) {
      for (int l = 1; l <= trace.nLayers(); l++) {
        states.add(trace.before(l).rows(t, t + 1));
      }
    }
  }

  /** Reads all that was added. */
  void read() {
    int nLayers = model.config().nLayers();
    long ofSample = (long) Float.BYTES * nLayers * model.config().dVocab();
    int together = (int) Math.max(1, BYTES / ofSample) * nLayers;
    LogitLens lens = new LogitLens(model, 1);
    for (int from = 0; from < states.size(); from += together) {
      List<Tensor> rows = states.subList(from, Math.min(from + together, states.size()));
      List<LensReading> read = lens.read(lens.stacked(rows));
      for (int i = 0; i < rows.size(); i += nLayers) {
        readings.add(read.subList(i, i + nLayers));
      }
    }
    states.clear();
  }

  /** Returns the readings of the next sample, by layer. */
  List<LensReading> next() {
    return readings.remove();
  }
}
