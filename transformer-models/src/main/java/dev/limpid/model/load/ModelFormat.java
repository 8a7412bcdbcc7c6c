package dev.limpid.model.load;

import dev.limpid.model.chat.ChatTemplate;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.load.lora.Adapter;
import dev.limpid.model.tokenizer.LoadedTokenizer;
import dev.limpid.tensor.gguf.GgufFile;
import dev.limpid.tensor.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A model in one of the formats that there are, its description parsed, nothing else read. */
sealed interface ModelFormat permits HuggingFaceFolder, GgufModel {
  /** What its description says. */
  record Facts(Architecture architecture, ModelConfig config) {}

  /**
   * Opens a GGUF file where the path is one, or a folder that has one and no config.json; else a
   * folder in Hugging Face layout.
   */
  static ModelFormat open(Path path) throws IOException {
    if (Files.isRegularFile(path)) {
      return GgufModel.open(path);
    }
    if (!Files.isDirectory(path) || Files.exists(path.resolve("config.json"))) {
      return HuggingFaceFolder.open(path);
    }
    List<Path> models = GgufFile.modelsIn(path);
    if (models.size() > 1) {
      throw new IOException(
          "%s: %d GGUF files here; give one of them, as %s"
              .formatted(path, models.size(), models.getFirst()));
    }
    return models.isEmpty() ? HuggingFaceFolder.open(path) : GgufModel.open(models.getFirst());
  }

  /** Opens a model with an adapter added. */
  static ModelFormat open(Path base, Path adapter) throws IOException {
    Adapter added = Adapter.open(adapter);
    return switch (open(base)) {
      case HuggingFaceFolder folder -> folder.with(added);
      case GgufModel gguf ->
          throw new IOException(
              "%s: an adapter cannot be added to a GGUF file; supported: a folder with weights in F32, F16 or BF16"
                  .formatted(gguf.path()));
    };
  }

  /** Returns the folder or the file. */
  Path path();

  /** Returns the model's name, for people. */
  String name();

  /** Returns the family it says it is of, supported or not; "unknown" where it says nothing. */
  String modelType() throws IOException;

  /** Reads what the description says. */
  Facts facts() throws IOException;

  /** Reads the tokenizer, if there is one. */
  Optional<LoadedTokenizer> tokenizer() throws IOException;

  /** Reads how it writes conversations, if it says so. */
  Optional<ChatTemplate> chatTemplate() throws IOException;

  /** Returns how many weights are quantised and how, in words; empty if none are. */
  Optional<String> quantisation();

  /** Returns what the weights of a family are called in this format. */
  WeightNames names(Architecture architecture) throws IOException;

  /** Opens the weights. */
  WeightSource weights(ModelConfig config) throws IOException;

  /**
   * Checks that nothing was left out which counts for certain.
   *
   * @param unread the tensors that no part of the model asked for
   * @return what a user should know of the others, a line each
   */
  List<String> leftOut(Architecture architecture, Set<String> unread) throws IOException;
}
