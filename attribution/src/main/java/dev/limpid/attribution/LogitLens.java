package dev.limpid.attribution;

import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Reads states as predictions: the final norm, with its statistics computed anew on the state, then
 * the head (nostalgebraist 2020). At the last layer this is the model's own prediction.
 *
 * @param top how many tokens a reading lists
 */
public record LogitLens(Transformer model, int top) {

  /** Reads every row of states [n, D]. */
  public List<LensReading> read(Tensor states) {
    Tensor logits = model.unembed(states);
    return IntStream.range(0, logits.dim(0)).mapToObj(t -> reading(logits.row(t))).toList();
  }

  /** Returns what logits [V] predict. */
  public LensReading reading(Tensor logits) {
    int[] best = model.ops().topK(logits, Math.min(top, logits.dim(0)));
    double max = at(logits, model.ops().topK(logits, 1)[0]);
    double sum = 0;
    double weighted = 0; // sum of (logit - max) exp(logit - max)
    for (int v = 0; v < logits.dim(0); v++) {
      double above = at(logits, v) - max;
      double mass = Math.exp(above);
      sum += mass;
      weighted += above * mass;
    }
    List<Prediction> predictions = new ArrayList<>();
    for (int i = 0; i < best.length; i++) {
      double logit = at(logits, best[i]);
      predictions.add(new Prediction(best[i], logit, Math.exp(logit - max) / sum, i + 1));
    }
    return new LensReading(Math.log(sum) - weighted / sum, predictions);
  }

  private static double at(Tensor x, int i) {
    return x.array()[x.offset() + i];
  }
}
