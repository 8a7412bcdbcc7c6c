package dev.limpid.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.attribution.heads.HeadProbes;
import dev.limpid.attribution.heads.HeadRoles;
import dev.limpid.attribution.logits.DirectLogitAttribution;
import dev.limpid.attribution.logits.LogitLens;
import dev.limpid.attribution.logits.UpdateLens;
import dev.limpid.attribution.logits.UpdateNorm;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.model.load.LoadProgress;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.model.tokenizer.TokenizerLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.toy.AllBackends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is asked of a model on a device is answered as on the processor, to the last bit. */
class OnDeviceTest {
  private static final List<Integer> TOKENS = List.of(1, 17, 4, 4, 23, 9, 17);

  static Stream<Arguments> models() {
    return TestData.demoModels().stream()
        .flatMap(folder ->
            Stream.of(LayerStorage.IN_MEMORY, LayerStorage.STREAMED)
                .map(storage -> Arguments.of(folder, storage)));
  }

  @ParameterizedTest
  @MethodSource("models")
  void answersAreThoseOfTheProcessor(Path folder, LayerStorage storage) throws IOException {
    assertThat(answers(folder, storage, AllBackends.open("toy")))
        .isEqualTo(answers(folder, storage, AllBackends.open("vector")));
  }

  private static List<Object> answers(Path folder, LayerStorage storage, TensorOps ops)
      throws IOException {
    Transformer model = ModelLoader.open(folder, ops, storage, LoadProgress.NONE);
    ForwardTrace trace = model.trace(TOKENS, TraceDetail.RESIDUALS);
    int last = TOKENS.size() - 1;
    List<Object> answers = new ArrayList<>();
    for (int l = 0; l < trace.nLayers(); l++) {
      LayerTrace layer = trace.layer(l);
      for (BiasOption bias : BiasOption.values()) {
        ContributionOptions options = new ContributionOptions(bias, 0);
        answers.add(HeadContributions.of(model, l, layer, options, last, null));
        NeuronContributions neurons = NeuronContributions.of(model, l, layer, options, last);
        answers.addAll(List.of(neurons.residual(), neurons.bias(), neurons.unexplained()));
        answers.addAll(List.of(floats(neurons.neurons()), floats(neurons.activations())));
        Tensor update = neurons.update(model, layer, neurons.top(1).getFirst());
        answers.add(new UpdateLens(model, 3, UpdateNorm.RAW).read(update));
        answers.add(new UpdateLens(model, 3, UpdateNorm.OWN_NORM).read(update));
      }
      Unexplained unexplained = Unexplained.of(model, l, layer);
      answers.addAll(List.of(floats(unexplained.attention()), floats(unexplained.mlp())));
      answers.add(new LogitLens(model, 3).read(layer.residMid()));
      answers.add(new LogitLens(model, 3).read(layer.residMid().toHeap()));
    }
    DirectLogitAttribution logits = DirectLogitAttribution.of(model, trace, last, 5, 7);
    answers.addAll(List.of(logits.embedding(), logits.sum(), logits.biases()));
    logits.layers().forEach(layer -> answers.add(floats(layer.attention())));
    HeadProbes probes =
        HeadProbes.of(model.config(), TokenizerLoader.load(folder), List.of(TOKENS));
    answers.add(HeadRoles.of(model, probes));
    return answers;
  }

  private static String floats(Tensor x) {
    StringBuilder text = new StringBuilder();
    for (float value : x.toFloats()) {
      text.append(Float.floatToRawIntBits(value)).append(' ');
    }
    return text.toString();
  }
}
