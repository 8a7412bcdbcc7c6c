package dev.limpid.files;

import dev.limpid.Analysis;
import dev.limpid.Attribution;
import dev.limpid.attribution.gradients.AllGradients;
import dev.limpid.attribution.gradients.ComponentScores;
import dev.limpid.attribution.gradients.LayerScores;
import dev.limpid.model.LayerGradients;
import dev.limpid.tensor.Shape;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A file with what an attribution was made of: safetensors, float32.
 *
 * <pre>
 *   gradient.layers.3.resid_pre, resid_mid, resid_post [T, D], neuron_pre, neuron_post [T, F],
 *     pattern [H, T, T]      gradients; along a path, their mean
 *   layers.3.attention [T, T, H] (query, key, head; 0 above the diagonal), head_out [H, T] (summed
 *     over keys), mlp_out [T]      scores of components
 * </pre>
 */
public final class AttributionFile {
  private AttributionFile() {}

  /**
   * Writes it.
   *
   * @throws IOException if the file cannot be written; what was there before is then left
   */
  public static void write(Path file, Analysis analysis, Attribution attribution)
      throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    analysis.model().facts().forEach(writer::metadata);
    writer.metadata("method", attribution.view().method());
    writer.metadata("metric", attribution.view().metric());
    writer.add("tokens", analysis.prompt().tokens().stream().mapToInt(Integer::intValue).toArray());
    int nLayers = analysis.model().transformer().config().nLayers();
    for (int l = 0; l < nLayers; l++) {
      if (attribution.gradients() != null) {
        add(writer, "gradient.layers." + l + ".", attribution.gradients(), l);
      }
      if (attribution.components() != null) {
        add(writer, "layers." + l + ".", attribution.components(), l);
      }
    }
    OutputFile.write(file, writer::writeTo);
  }

  private static void add(
      SafetensorsWriter writer, String prefix, AllGradients gradients, int layer) {
    LayerGradients g = gradients.layer(layer);
    writer.add(prefix + "resid_pre", g.residPre());
    writer.add(prefix + "resid_mid", g.residMid());
    writer.add(prefix + "resid_post", g.residPost());
    writer.add(prefix + "neuron_pre", g.neuronPre());
    writer.add(prefix + "neuron_post", g.neuronPost());
    writer.add(prefix + "pattern", g.pattern());
  }

  private static void add(
      SafetensorsWriter writer, String prefix, ComponentScores components, int layer) {
    LayerScores scores = components.layers().get(layer);
    int nHeads = scores.attention().dim(0);
    int t = scores.mlp().length;
    writer.add(prefix + "attention", Shape.of(t, t, nHeads), () -> byQuery(scores));
    Tensor heads = Tensor.zeros(nHeads, t);
    Tensor mlp = Tensor.zeros(t);
    for (int q = 0; q < t; q++) {
      for (int h = 0; h < nHeads; h++) {
        heads.array()[h * t + q] = (float) scores.head(h, q);
      }
      mlp.array()[q] = (float) scores.mlp()[q];
    }
    writer.add(prefix + "head_out", heads);
    writer.add(prefix + "mlp_out", mlp);
  }

  /** Turns [H, T, T] (head, query, key) into [T, T, H]. */
  private static Tensor byQuery(LayerScores scores) {
    int nHeads = scores.attention().dim(0);
    int t = scores.mlp().length;
    Tensor out = Tensor.zeros(t, t, nHeads);
    for (int h = 0; h < nHeads; h++) {
      for (int pair = 0; pair < t * t; pair++) {
        out.array()[pair * nHeads + h] = scores.attention().array()[h * t * t + pair];
      }
    }
    return out;
  }
}
