package dev.limpid.attribution.gradients;

import dev.limpid.model.GradientVisitor;
import dev.limpid.model.LayerGradients;
import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Keeps the mean of all gradients of all layers, on the heap: about as much as a whole trace. */
public final class AllGradients implements GradientRun.Observer {
  private final List<@Nullable LayerGradients> layers = new ArrayList<>();

  /** Creates it for a model of so many layers, as yet of no run. */
  public AllGradients(int nLayers) {
    for (int l = 0; l < nLayers; l++) {
      layers.add(null);
    }
  }

  @Override
  public GradientVisitor run(double weight) {
    return (layer, trace, gradients) -> {
      @Nullable LayerGradients known = layers.get(layer);
      LayerGradients sum = known == null ? gradients.each(AllGradients::zeros) : known;
      MeanGradients.add(weight, gradients.residPre(), sum.residPre());
      MeanGradients.add(weight, gradients.attnRaw(), sum.attnRaw());
      MeanGradients.add(weight, gradients.attnOut(), sum.attnOut());
      MeanGradients.add(weight, gradients.residMid(), sum.residMid());
      MeanGradients.add(weight, gradients.mlpOut(), sum.mlpOut());
      MeanGradients.add(weight, gradients.residPost(), sum.residPost());
      MeanGradients.add(weight, gradients.pattern(), sum.pattern());
      MeanGradients.add(weight, gradients.neuronPre(), sum.neuronPre());
      MeanGradients.add(weight, gradients.neuronPost(), sum.neuronPost());
      layers.set(layer, sum);
    };
  }

  /** Returns those of a layer, once runs have been seen. */
  public LayerGradients layer(int layer) {
    return Objects.requireNonNull(layers.get(layer), "no run has been seen");
  }

  private static Tensor zeros(Tensor like) {
    return Tensor.zeros(like.shape().dims().stream().mapToInt(Integer::intValue).toArray());
  }
}
