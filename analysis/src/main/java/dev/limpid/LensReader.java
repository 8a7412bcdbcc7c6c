package dev.limpid;

import dev.limpid.attribution.logits.LensReading;
import dev.limpid.attribution.logits.LogitLens;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.tensor.Tensor;
import dev.limpid.view.LensView;
import dev.limpid.view.PredictionView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads states of a prompt as predictions, many together, as the head is the largest matrix of a
 * model. What a state is read as does not depend on the others. Only the last state of a position
 * has, where it is the only one that is asked for, the digits of the model's own prediction.
 */
final class LensReader {
  /** States that are read together, some four times as fast as one by one. */
  static final int BLOCK = 32;

  private final Analysis analysis;
  private final ForwardTrace trace;
  private final LogitLens lens;
  private final @Nullable Integer chosen;
  private final boolean raw;
  private final List<LensView.State> read = new ArrayList<>();

  /** States that follow one another, and are read next. */
  private final List<Asked> waiting = new ArrayList<>();

  /** The layer that was computed last where the trace does not hold it. */
  private @Nullable LayerTrace computed;

  private int computedLayer = -1;

  /**
   * A state.
   *
   * @param layer from 0
   * @param position from 0
   */
  record Asked(int layer, LensQuestion.State state, int position) {}

  /**
   * Reads for one question.
   *
   * @param top how many tokens each reading lists
   * @param chosen a token whose rank is told, or null
   * @param raw whether the head reads states as they are
   * @throws QuestionException if the model's numbers overflow
   */
  LensReader(Analysis analysis, int top, @Nullable Integer chosen, boolean raw)
      throws QuestionException {
    this.analysis = analysis;
    this.trace = analysis.trace();
    this.lens = new LogitLens(analysis.model().transformer(), top);
    this.chosen = chosen;
    this.raw = raw;
  }

  /**
   * Reads states, in the order in which they are asked for, which is best that of layers.
   *
   * @throws QuestionException if the model's numbers overflow
   */
  List<LensView.State> read(List<Asked> states) throws QuestionException {
    for (Asked asked : states) {
      boolean joins = waiting.isEmpty() || isLast(asked) == isLast(waiting.getLast());
      if (!joins || waiting.size() == BLOCK) {
        readWaiting(states.size());
      }
      waiting.add(asked);
    }
    readWaiting(states.size());
    return List.copyOf(read);
  }

  private boolean isLast(Asked asked) {
    return asked.state == LensQuestion.State.RESID_POST && asked.layer == trace.nLayers() - 1;
  }

  /** A state, [1, D]; a layer is computed again only for what is inside it. */
  private Tensor state(Asked asked) {
    Tensor ofAllPositions =
        switch (asked.state) {
          case RESID_PRE -> trace.residPre(asked.layer);
          case RESID_MID -> inside(asked.layer).residMid();
          case RESID_POST -> trace.before(asked.layer + 1);
        };
    return ofAllPositions.rows(asked.position, asked.position + 1);
  }

  private LayerTrace inside(int layer) {
    LayerTrace known = computed;
    if (known == null || computedLayer != layer) {
      known = trace.layer(layer);
      computed = known;
      computedLayer = layer;
    }
    return known;
  }

  private void readWaiting(int all) throws QuestionException {
    if (waiting.isEmpty()) {
      return;
    }
    List<Tensor> rows = waiting.stream().map(this::state).toList();
    boolean isOwn = rows.size() == 1 && isLast(waiting.getFirst());
    Tensor states = isOwn ? rows.getFirst() : lens.stacked(rows);
    Tensor logits = Analysis.read(lens, states, raw);
    for (int i = 0; i < waiting.size(); i++) {
      Asked asked = waiting.get(i);
      LensReading reading = lens.reading(logits.row(i));
      read.add(
          new LensView.State(
              asked.layer,
              asked.state.toString(),
              asked.position,
              reading.entropy(),
              PredictionView.of(reading, analysis.prompt().names()),
              analysis.prediction(logits.row(i), chosen)));
      analysis.progress().done(Progress.Phase.READINGS, read.size(), all);
    }
    waiting.clear();
  }
}
