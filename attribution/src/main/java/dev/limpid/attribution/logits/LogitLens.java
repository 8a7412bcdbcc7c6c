package dev.limpid.attribution.logits;

import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
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
    Tensor logits = logits(states);
    return IntStream.range(0, logits.dim(0)).mapToObj(t -> reading(logits.row(t))).toList();
  }

  /**
   * Returns states that lie in several places, to be read together, on the heap: [n, D]. Where they
   * are so few that they would get other bits than among others, the last of them follows again, so
   * that there are more rows than states.
   *
   * @param states [1, D] each, at least one
   */
  public Tensor stacked(List<Tensor> states) {
    int width = model.config().dModel();
    Tensor all = Tensor.zeros(Math.max(model.ops().fewestStacked(), states.size()), width);
    for (int i = 0; i < all.dim(0); i++) {
      states.get(Math.min(i, states.size() - 1)).copyTo(0, all.array(), i * width, width);
    }
    return all;
  }

  /** Returns the logits that rows of states [n, D] are read as, on the heap: [n, V]. */
  public Tensor logits(Tensor states) {
    try (Scope _ = model.ops().scope()) {
      return model.unembed(model.ops().resident(states)).toHeap();
    }
  }

  /**
   * Returns the head of states [n, D] as they are, without the final norm, on the heap: [n, V].
   * These add up where states do, and are no prediction of the model.
   */
  public Tensor withoutNorm(Tensor states) {
    TensorOps ops = model.ops();
    try (Scope _ = ops.scope()) {
      return model.unembedding().ofUpdates(ops.resident(states)).toHeap();
    }
  }

  /** Returns what logits [V], on the heap, predict. */
  public LensReading reading(Tensor logits) {
    int[] best = model.ops().topK(logits, Math.clamp(top, 1, logits.dim(0)));
    Softmax softmax = Softmax.of(logits, Softmax.at(logits, best[0]));
    List<Prediction> predictions = new ArrayList<>();
    for (int i = 0; i < Math.min(top, best.length); i++) {
      double logit = Softmax.at(logits, best[i]);
      predictions.add(new Prediction(best[i], logit, softmax.probability(logit), i + 1));
    }
    return new LensReading(softmax.entropy(), predictions);
  }

  /**
   * Returns one token of logits [V], on the heap, as a prediction; of equal logits the lower id
   * ranks higher.
   */
  public Prediction prediction(Tensor logits, int id) {
    double logit = Softmax.at(logits, id);
    int rank = 1;
    for (int v = 0; v < logits.dim(0); v++) {
      rank += Softmax.at(logits, v) > logit || (Softmax.at(logits, v) == logit && v < id) ? 1 : 0;
    }
    return new Prediction(id, logit, Softmax.of(logits).probability(logit), rank);
  }
}
