package dev.limpid.models;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.load.ModelFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can be said of a model without running it; null where its files do not say.
 *
 * @param name what {@code --model} takes
 * @param origin how it was found
 * @param folder where its files lie
 * @param family the {@code model_type} of its configuration
 * @param configProblem why a model of this configuration cannot be run; its sizes are null then
 * @param nLayers transformer layers
 * @param dModel width of the residual
 * @param nHeads query heads
 * @param nKvHeads key/value heads
 * @param dHead width of one head
 * @param dMlp neurons of one MLP
 * @param experts what stands in the place of MLPs; null without
 * @param dVocab size of the vocabulary
 * @param context longest prompt in tokens
 * @param parameters numbers in all weights; a head tied to the embedding counts once
 * @param dtypes element types of the weights
 * @param quantised how many of the weights are quantised and how, in words
 * @param weightFiles how many files the weights lie in
 * @param weightBytes the size of these files
 * @param memoryBytes an estimate of what explaining a prompt of {@code memoryPositions} needs
 * @param memoryPositions the length of prompt that estimate is for
 * @param weightsProblem why the weights cannot be read
 * @param tokenizer which tokenizer lies beside it
 * @param licence the licence its model card names
 * @param about what its model card says first
 * @param examples prompts its model card gives
 * @param adapter what is added to the weights, of which all the other facts are; null without
 */
public record ModelSummary(
    String name,
    String origin,
    String folder,
    String family,
    @Nullable String configProblem,
    @Nullable Integer nLayers,
    @Nullable Integer dModel,
    @Nullable Integer nHeads,
    @Nullable Integer nKvHeads,
    @Nullable Integer dHead,
    @Nullable Integer dMlp,
    @Nullable ExpertSummary experts,
    @Nullable Integer dVocab,
    @Nullable Integer context,
    @Nullable Long parameters,
    List<String> dtypes,
    @Nullable String quantised,
    int weightFiles,
    @Nullable Long weightBytes,
    @Nullable Long memoryBytes,
    int memoryPositions,
    @Nullable String weightsProblem,
    String tokenizer,
    @Nullable String licence,
    @Nullable String about,
    List<String> examples,
    @Nullable AdapterSummary adapter) {

  /** Longer prompts are rare, and their memory is asked for when they come. */
  private static final int TYPICAL_POSITIONS = 256;

  /**
   * Reads the files of a model.
   *
   * @throws IOException if there is no readable config.json; a model that is not supported is told
   *     in {@link #configProblem}, missing or damaged weights in {@link #weightsProblem}
   */
  public static ModelSummary read(ModelLocation model) throws IOException {
    Path folder = model.folder();
    Path base = model.base().map(ModelLocation::folder).orElse(folder);
    ModelFiles files = model.open();
    @Nullable ModelConfig config = null;
    @Nullable String configProblem = null;
    try {
      config = files.config();
    } catch (ModelConfigException e) {
      configProblem = e.getMessage();
    }
    ModelCard card = ModelCard.read(folder);
    @Nullable AdapterSummary adapter =
        model.base().isPresent() ? AdapterSummary.read(folder, base) : null;
    @Nullable WeightFacts weights = null;
    @Nullable String problem = null;
    try {
      weights = WeightFacts.read(base, config != null && config.tiedHead());
    } catch (IOException e) {
      problem = e.getMessage();
    }
    int positions =
        config == null ? TYPICAL_POSITIONS : Math.min(TYPICAL_POSITIONS, config.nContext());
    return new ModelSummary(
        model.name(),
        model.origin().words(),
        folder.toAbsolutePath().toString(),
        files.modelType(),
        configProblem,
        config == null ? null : config.nLayers(),
        config == null ? null : config.dModel(),
        config == null ? null : config.nHeads(),
        config == null ? null : config.nKvHeads(),
        config == null ? null : config.dHead(),
        config == null ? null : config.dMlp(),
        config == null ? null : config.mlp().experts().map(ExpertSummary::of).orElse(null),
        config == null ? null : config.dVocab(),
        config == null ? null : config.nContext(),
        weights == null ? null : weights.parameters(),
        weights == null ? List.of() : weights.dtypes(),
        files.quantisation().orElse(null),
        weights == null ? 0 : weights.files(),
        weights == null ? null : weights.bytes(),
        weights == null || config == null ? null : memory(config, weights, positions),
        positions,
        problem,
        TokenizerFiles.describe(TokenizerFiles.areIn(folder) ? folder : base),
        card.licence().orElse(null),
        card.about().orElse(null),
        card.examples(),
        adapter);
  }

  /** Weights in 32 bits, the residual states of a trace, one block's internals, the logits. */
  private static long memory(ModelConfig config, WeightFacts weights, int positions) {
    long width = config.dModel();
    long states = 3L * config.nLayers() * positions * width;
    long block =
        2L * config.nHeads() * positions * positions
            + 2L * positions * config.dMlp()
            + (long) config.nHeads() * positions * width;
    long logits = (long) positions * config.dVocab();
    return Float.BYTES * (weights.parameters() + states + block + logits);
  }
}
