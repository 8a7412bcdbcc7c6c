package dev.limpid.attribution.gradients;

import dev.limpid.attribution.logits.Metric;
import dev.limpid.model.BackwardRules;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.GradientVisitor;
import dev.limpid.model.Gradients;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import org.jspecify.annotations.Nullable;

/**
 * What is differentiated: one number at one position of one run.
 *
 * @param trace of the run; if it keeps residual states alone, layers are computed again
 * @param position t, whose logits are read
 * @param metric the number
 * @param rules derivatives, or what is put in their place
 */
public record GradientRun(
    Transformer model, ForwardTrace trace, int position, Metric metric, BackwardRules rules) {

  /** Sees all gradients of each run that a mean is made of. */
  @FunctionalInterface
  public interface Observer {
    /** Looks at nothing. */
    Observer NONE = weight -> GradientVisitor.NONE;

    /** Returns what sees the layers of a run that has this weight in the mean. */
    GradientVisitor run(double weight);

    /** Returns what shows every layer to this one, then to another. */
    default Observer then(Observer next) {
      return weight -> {
        GradientVisitor first = run(weight);
        GradientVisitor second = next.run(weight);
        return (layer, trace, gradients) -> {
          first.layer(layer, trace, gradients);
          second.layer(layer, trace, gradients);
        };
      };
    }
  }

  /** Returns the number. */
  public double value() {
    return metric.of(trace.logits(position));
  }

  /** Returns the gradients at the run itself. */
  public MeanGradients gradients(Observer observer) {
    MeanGradients mean = none();
    try (Scope _ = model.ops().scope()) {
      add(trace, model.embedding().sum(trace.tokens(), 0), 1, observer, mean);
    }
    return mean;
  }

  /**
   * Returns the mean of the gradients along the straight line from other token embeddings to those
   * of the run, by Gauss-Legendre quadrature.
   *
   * @param start the run whose embeddings the line begins at, or null for embeddings of zeros
   * @param steps the number of points, at least 1
   */
  public MeanGradients alongPath(@Nullable ForwardTrace start, int steps, Observer observer) {
    MeanGradients mean = none();
    EmbeddingPath path = EmbeddingPath.of(model, trace, start);
    for (GaussLegendre point : GaussLegendre.points(steps)) {
      try (Scope _ = model.ops().scope()) {
        Tensor sum = path.at(model.ops(), point.at());
        add(from(sum), sum, point.weight(), observer, mean);
      }
    }
    return mean;
  }

  /** Returns the number for token embeddings of zeros, where a line without a source begins. */
  double valueOfNothing() {
    try (Scope _ = model.ops().scope()) {
      EmbeddingPath path = EmbeddingPath.of(model, trace, null);
      return metric.of(from(path.at(model.ops(), 0)).logits(position));
    }
  }

  /** Runs embeddings, [T, D], that no tokens need to have. */
  private ForwardTrace from(Tensor sum) {
    Tensor state = model.embedding().normed(sum);
    return model.runFrom(trace.tokens(), state, TraceDetail.RESIDUALS);
  }

  private MeanGradients none() {
    return new MeanGradients(trace.nLayers(), trace.nPositions(), model.config().dModel());
  }

  private void add(
      ForwardTrace run, Tensor sum, double weight, Observer observer, MeanGradients mean) {
    Tensor logits = metric.gradient(run.logits(position));
    Observer all = ((Observer) mean::adding).then(observer);
    try (Scope _ = model.ops().scope()) {
      Tensor state = new Gradients(model, rules).run(run, position, logits, all.run(weight));
      mean.addEmbedding(weight, model.embedding().back(sum, rules, state));
    }
  }
}
