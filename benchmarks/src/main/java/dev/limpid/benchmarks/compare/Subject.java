package dev.limpid.benchmarks.compare;

import dev.limpid.attribution.Contributions;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.model.load.LoadProgress;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.model.tokenizer.TokenizerLoader;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.vector.VectorOps;
import dev.limpid.tensor.spi.Backends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A model that both sides run, and what they run it on.
 *
 * @param text ids of a real text where the model has a tokenizer, else random ones
 */
record Subject(String name, Path folder, Transformer model, List<Integer> text) {
  private static final int LONGEST = 2048;

  /** Opens a model whose weights have to fit in memory: reading them would be timed, too. */
  static Subject open(String name, Path folder, Path prose) throws IOException {
    return open(
        name,
        ModelLoader.open(
            folder, Backends.open("vector"), LayerStorage.IN_MEMORY, LoadProgress.NONE),
        folder,
        prose);
  }

  /** Opens a model where these operations compute. */
  static Subject open(String name, Path folder, Path prose, TensorOps ops) throws IOException {
    return open(name, ModelLoader.open(folder, ops), folder, prose);
  }

  private static Subject open(String name, Transformer model, Path folder, Path prose)
      throws IOException {
    var tokenizer = TokenizerLoader.load(folder);
    List<Integer> ids =
        tokenizer.isPresent()
            ? tokenizer.get().prompt(Files.readString(prose), false)
            : new Random(1).ints(LONGEST, 0, model.config().dVocab()).boxed().toList();
    List<Integer> text = Stream.generate(() -> ids).flatMap(List::stream).limit(LONGEST).toList();
    return new Subject(name, folder, model, text);
  }

  /** Returns the same model on so many threads. */
  Subject onThreads(int threads) throws IOException {
    return new Subject(name, folder, ModelLoader.open(folder, new VectorOps(threads)), text);
  }

  List<Integer> tokens(int count) {
    return text.subList(0, count);
  }

  /** Returns the forward pass with everything kept, and the logits of every position. */
  Timed forward(int count) {
    return Timed.of(() -> trace(count).logits());
  }

  /** Returns the same, and what every head adds in every layer. */
  Timed forwardWithHeads(int count) {
    return Timed.of(() -> {
      ForwardTrace trace = trace(count);
      trace.logits();
      for (int l = 0; l < trace.nLayers(); l++) {
        model.headOut(l, trace.layer(l));
      }
    });
  }

  /** Returns the contributions of all layers from a finished trace. */
  Timed contributions(int count) {
    ForwardTrace trace = trace(count);
    return Timed.of(() -> Contributions.of(model, trace));
  }

  /** Returns the graph and the routes of all positions from finished contributions. */
  Timed routes(int count) {
    Contributions contributions = Contributions.of(model, trace(count));
    return Timed.of(() ->
        new RouteExtractor(FlowGraph.of(contributions), ThresholdMode.RENORMALISED, 0.04).routes());
  }

  ForwardTrace trace(int count) {
    return model.trace(tokens(count), TraceDetail.FULL);
  }
}
