package dev.limpid.files;

import dev.limpid.Analysis;
import dev.limpid.Progress;
import dev.limpid.Prompt;
import dev.limpid.QuestionException;
import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.ExpertContributions;
import dev.limpid.attribution.LayerContributions;
import dev.limpid.attribution.NodeShares;
import dev.limpid.attribution.Unexplained;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.Transformer;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.tensor.Shape;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.tensor.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A file with the contributions at every node, before any threshold: safetensors named {@code
 * layers.3.attention} [T, T, H] (query, key, head; 0 above the diagonal), {@code
 * attention_residual}, {@code mlp}, {@code mlp_residual} [T], with separate biases {@code
 * attention_bias} and {@code mlp_bias} [T], and the check {@code attention_unexplained}, {@code
 * mlp_unexplained} [T]. Where attention and MLP stand side by side there is no {@code mlp_residual}
 * and no {@code mlp_unexplained}; a layer of experts has {@code experts} [T, E], one column more
 * for the expert that all positions go to, and {@code experts_residual} [T], a sum of their own.
 *
 * @param metadata what made the numbers
 * @param tokens the prompt's ids, BOS included
 * @param contributions of all layers
 */
public record ContributionsFile(
    Map<String, String> metadata, List<Integer> tokens, Contributions contributions) {

  /** Copies map and list. */
  public ContributionsFile {
    metadata = Map.copyOf(metadata);
    tokens = List.copyOf(tokens);
  }

  /**
   * Returns how large the file of a prompt will be, but for a header of some kilobytes; nothing is
   * computed for that.
   */
  public static long bytes(Prompt prompt, ContributionOptions options) {
    ModelConfig config = prompt.source().config();
    long nPositions = prompt.nPositions();
    int rows = options.bias() == BiasOption.SEPARATE ? 7 : 5;
    return nPositions * (nPositions * config.nHeads() + rows) * config.nLayers() * Float.BYTES;
  }

  /**
   * Writes the contributions of one prompt.
   *
   * @throws QuestionException if the model's numbers overflow
   * @throws IOException if the file cannot be written, or the disk has no room for it; what was
   *     there before is then left
   */
  public static void write(Path file, Analysis analysis, ContributionOptions options)
      throws IOException, QuestionException {
    OutputFile.requireRoom(file, bytes(analysis.prompt(), options));
    Transformer model = analysis.model().transformer();
    ForwardTrace trace = analysis.trace();
    Contributions contributions = analysis.contributions(options);
    SafetensorsWriter writer = new SafetensorsWriter();
    analysis.model().facts().forEach(writer::metadata);
    writer.add("tokens", trace.tokens().stream().mapToInt(Integer::intValue).toArray());
    List<String> cancelling = new ArrayList<>();
    for (int l = 0; l < trace.nLayers(); l++) {
      LayerContributions layer = contributions.layers().get(l);
      add(writer, prefix(l), layer, options.bias());
      analysis.progress().done(Progress.Phase.WRITE, l + 1, trace.nLayers());
      Unexplained unexplained = Unexplained.of(model, l, trace.layer(l));
      writer.add(prefix(l) + "attention_unexplained", unexplained.attention());
      if (!layer.shares().oneNode()) {
        writer.add(prefix(l) + "mlp_unexplained", unexplained.mlp());
      }
      if (options.bias() == BiasOption.EXCLUDED) {
        addExperts(writer, prefix(l), ExpertContributions.of(model, l, trace.layer(l), options));
      }
      String number = l + "_";
      layer.shares().attentionCancelling().forEach(t -> cancelling.add("A" + number + t));
      layer.shares().mlpCancelling().forEach(t -> cancelling.add("I" + number + t));
    }
    writer.metadata("bias", options.bias().name());
    writer.metadata("floor", Double.toString(options.floor()));
    writer.metadata("cancelling", String.join(",", cancelling));
    OutputFile.write(file, writer::writeTo);
  }

  private static String prefix(int layer) {
    return "layers." + layer + ".";
  }

  private static void add(
      SafetensorsWriter writer, String prefix, LayerContributions layer, BiasOption bias) {
    int t = layer.nPositions();
    NodeShares shares = layer.shares();
    writer.add(prefix + "attention", Shape.of(t, t, layer.nHeads()), () -> square(layer));
    writer.add(prefix + "attention_residual", shares.attentionResidual());
    writer.add(prefix + "mlp", shares.mlp());
    if (!shares.oneNode()) {
      writer.add(prefix + "mlp_residual", shares.mlpResidual());
    }
    if (bias == BiasOption.SEPARATE) {
      writer.add(prefix + "attention_bias", shares.attentionBias());
      writer.add(prefix + "mlp_bias", shares.mlpBias());
    }
  }

  private static void addExperts(
      SafetensorsWriter writer, String prefix, Optional<ExpertContributions> experts) {
    if (experts.isPresent()) {
      writer.add(prefix + "experts", experts.get().experts());
      writer.add(prefix + "experts_residual", experts.get().residual());
    }
  }

  /** Spreads the triangle of pairs out to [T, T, H], 0 above the diagonal. */
  private static Tensor square(LayerContributions layer) {
    int t = layer.nPositions();
    int nHeads = layer.nHeads();
    Tensor square = Tensor.zeros(t, t, nHeads);
    for (int q = 0; q < t; q++) {
      for (int k = 0; k <= q; k++) {
        for (int h = 0; h < nHeads; h++) {
          square.array()[(q * t + k) * nHeads + h] = layer.attention(q, k, h);
        }
      }
    }
    return square;
  }

  /**
   * Reads a file whole.
   *
   * @throws IOException if it cannot be read, is damaged, or holds no contributions
   */
  public static ContributionsFile read(Path path) throws IOException {
    try (Arena arena = Arena.ofShared()) {
      SafetensorsFile file = SafetensorsFile.open(path, arena);
      List<Integer> tokens = TokenRow.read(file, "contributions");
      ContributionOptions options = options(file);
      List<LayerContributions> layers = new ArrayList<>();
      while (file.names().contains(prefix(layers.size()) + "attention")) {
        layers.add(layer(file, layers.size(), tokens.size()));
      }
      if (layers.isEmpty()) {
        throw new IOException(path + ": not contributions: it holds no 'layers.0.attention'");
      }
      return new ContributionsFile(file.metadata(), tokens, new Contributions(options, layers));
    }
  }

  private static ContributionOptions options(SafetensorsFile file) throws IOException {
    String bias = file.metadata().getOrDefault("bias", "");
    String floor = file.metadata().getOrDefault("floor", "");
    try {
      return new ContributionOptions(
          BiasOption.valueOf(bias.toUpperCase(Locale.ROOT)), Double.parseDouble(floor));
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "%s: not contributions: its metadata say bias '%s' and floor '%s'"
              .formatted(file.path(), bias, floor),
          e);
    }
  }

  private static LayerContributions layer(SafetensorsFile file, int l, int nPositions)
      throws IOException {
    Tensor square = file.tensor(prefix(l) + "attention");
    if (square.shape().rank() != 3 || square.dim(0) != nPositions || square.dim(1) != nPositions) {
      throw new IOException(
          "%s: not contributions: 'layers.%d.attention' is %s, the prompt has %d tokens"
              .formatted(file.path(), l, square.shape(), nPositions));
    }
    boolean oneNode = !file.names().contains(prefix(l) + "mlp_residual");
    Tensor none = Tensor.zeros(nPositions);
    return new LayerContributions(
        triangle(square),
        new NodeShares(
            oneNode,
            row(file, l, "attention_residual", nPositions),
            row(file, l, "attention_bias", nPositions),
            none,
            row(file, l, "mlp", nPositions),
            oneNode ? none : row(file, l, "mlp_residual", nPositions),
            row(file, l, "mlp_bias", nPositions),
            none,
            cancelling(file, "A" + l + "_"),
            cancelling(file, "I" + l + "_")));
  }

  /** Draws [T, T, H] together to the triangle of pairs, [H, T (T + 1) / 2]. */
  private static Tensor triangle(Tensor square) {
    int t = square.dim(0);
    int nHeads = square.dim(2);
    Tensor triangle = Tensor.zeros(nHeads, t * (t + 1) / 2);
    float[] ofPair = new float[nHeads];
    for (int q = 0; q < t; q++) {
      for (int k = 0; k <= q; k++) {
        square.copyTo(((long) q * t + k) * nHeads, ofPair, 0, nHeads);
        for (int h = 0; h < nHeads; h++) {
          triangle.array()[h * triangle.dim(1) + LayerContributions.pair(q, k)] = ofPair[h];
        }
      }
    }
    return triangle;
  }

  /** Biases that are no parts of their own are in no file, and zeros in memory. */
  private static Tensor row(SafetensorsFile file, int l, String kind, int nPositions)
      throws IOException {
    String name = prefix(l) + kind;
    if (kind.endsWith("_bias") && !file.names().contains(name)) {
      return Tensor.zeros(nPositions);
    }
    Tensor row = file.tensor(name);
    if (row.shape().rank() != 1 || row.dim(0) != nPositions) {
      throw new IOException(
          "%s: not contributions: '%s' is %s, the prompt has %d tokens"
              .formatted(file.path(), name, row.shape(), nPositions));
    }
    return row.toHeap();
  }

  private static List<Integer> cancelling(SafetensorsFile file, String prefix) throws IOException {
    List<Integer> positions = new ArrayList<>();
    for (String node : file.metadata().getOrDefault("cancelling", "").split(",", -1)) {
      if (node.startsWith(prefix)) {
        try {
          positions.add(Integer.valueOf(node.substring(prefix.length())));
        } catch (NumberFormatException e) {
          throw new IOException(
              "%s: not contributions: its metadata name a node '%s'".formatted(file.path(), node),
              e);
        }
      }
    }
    return positions;
  }
}
