package dev.limpid.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A pass that shows its layers: all of them, in order, the ones that a trace keeps. */
class LayerVisitorTest {
  private static final List<Integer> TOKENS = List.of(0, 5, 2, 9, 5, 5, 1);

  private static Transformer model() throws IOException {
    return ModelLoader.open(
        TestData.folder().resolve("goldens/opt-biased"), Backends.open("vector"));
  }

  @Test
  void seesTheLayersThatTheTraceKeeps() throws IOException {
    List<LayerTrace> seen = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    LayerVisitor both =
        ((LayerVisitor) (l, trace) -> seen.add(trace)).then((l, t) -> numbers.add(l));
    ForwardTrace trace = model().run(TOKENS, TraceDetail.FULL, both);

    assertThat(numbers).containsExactlyElementsOf(numbersTo(trace.nLayers()));
    for (int l = 0; l < trace.nLayers(); l++) {
      assertThat(seen.get(l)).isSameAs(trace.layer(l));
    }
  }

  @Test
  void whatItThrowsEndsThePass() throws IOException {
    List<Integer> numbers = new ArrayList<>();
    LayerVisitor cancels =
        (layer, trace) -> {
          numbers.add(layer);
          throw new CancellationException("enough");
        };
    Transformer model = model();
    assertThatThrownBy(() -> model.run(TOKENS, TraceDetail.RESIDUALS, cancels))
        .isInstanceOf(CancellationException.class)
        .hasMessage("enough");
    assertThat(numbers).containsExactly(0);
  }

  @Test
  void queriesAndKeysGiveThePattern() throws IOException {
    Transformer model = model();
    LayerTrace layer = model.trace(TOKENS, TraceDetail.FULL).layer(1);
    int dHead = model.config().dHead();
    int group = model.config().nHeads() / model.config().nKvHeads();
    for (int h = 0; h < model.config().nHeads(); h++) {
      for (int q = 0; q < TOKENS.size(); q++) {
        double[] scores = new double[q + 1];
        double sum = 0;
        for (int k = 0; k <= q; k++) {
          for (int i = 0; i < dHead; i++) {
            scores[k] +=
                (double) layer.queries().get(q, h * dHead + i)
                    * layer.keys().get(k, h / group * dHead + i);
          }
          scores[k] = Math.exp(scores[k] * model.config().attentionShape(1).scale());
          sum += scores[k];
        }
        for (int k = 0; k <= q; k++) {
          assertThat(layer.pattern().get(h, q, k) - scores[k] / sum).isBetween(-1e-6, 1e-6);
        }
      }
    }
  }

  private static List<Integer> numbersTo(int count) {
    return IntStream.range(0, count).boxed().toList();
  }
}
