package dev.limpid.routes;

import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.LayerContributions;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.generate.GenerationOptions;
import dev.limpid.model.generate.Generator;
import dev.limpid.model.generate.Sampling;
import dev.limpid.model.generate.Step;
import dev.limpid.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/** All that is computed of one prompt, every bit of it, as one short text. */
final class Fingerprint {
  private static final int GENERATED = 3;

  private final MessageDigest digest;

  private Fingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns random tokens of a model's vocabulary, the same for the same seed. */
  static List<Integer> prompt(Transformer model, int length, long seed) {
    Random random = new Random(seed);
    return random.ints(length, 0, model.config().dVocab()).boxed().toList();
  }

  /** Computes trace, terms of heads, logits, contributions, routes, and how the prompt goes on. */
  static String of(Transformer model, List<Integer> tokens) {
    Fingerprint all = new Fingerprint();
    ForwardTrace trace = model.trace(tokens, TraceDetail.FULL);
    for (int l = 0; l < trace.nLayers(); l++) {
      all.add(trace.layer(l));
      all.add(model.headOut(l, trace.layer(l)));
    }
    all.add(trace.logits());
    Contributions contributions = Contributions.of(model, trace);
    contributions.layers().forEach(all::add);
    FlowGraph graph = FlowGraph.of(contributions);
    all.add(new RouteExtractor(graph, ThresholdMode.RENORMALISED, 0.04).routes().toString());
    GenerationOptions options = new GenerationOptions(Sampling.GREEDY, GENERATED, Set.of());
    Generator generator = new Generator(model, tokens, options);
    while (generator.hasNext()) {
      Step step = generator.next();
      all.add(step.position() + ": " + step.token());
      all.add(step.logits());
    }
    return HexFormat.of().formatHex(all.digest.digest());
  }

  private void add(LayerTrace layer) {
    Stream.of(layer.residPre(), layer.attnOut(), layer.residMid(), layer.mlpOut())
        .forEach(this::add);
    Stream.of(layer.residPost(), layer.pattern(), layer.value()).forEach(this::add);
    Stream.of(layer.queries(), layer.keys()).forEach(this::add);
    Stream.of(layer.neuronPre(), layer.neuronPost()).forEach(this::add);
  }

  private void add(LayerContributions layer) {
    Stream.of(layer.attention(), layer.shares().attentionResidual(), layer.shares().attentionBias())
        .forEach(this::add);
    Stream.of(layer.shares().mlp(), layer.shares().mlpResidual(), layer.shares().mlpBias())
        .forEach(this::add);
    add(layer.shares().attentionCancelling() + " " + layer.shares().mlpCancelling());
  }

  private void add(Tensor tensor) {
    float[] elements = tensor.toFloats();
    ByteBuffer bytes = ByteBuffer.allocate(elements.length * Float.BYTES);
    bytes.asFloatBuffer().put(elements);
    digest.update(bytes);
  }

  private void add(String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
  }
}
