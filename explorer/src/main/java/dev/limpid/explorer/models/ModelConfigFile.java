package dev.limpid.explorer.models;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.files.ModelFile;
import dev.limpid.tensor.files.OneLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The sizes in a config.json, whatever words its family uses for them, or in a GGUF file. */
final class ModelConfigFile {
  private final JsonNode root;

  private ModelConfigFile(JsonNode root) {
    this.root = root;
  }

  static ModelConfigFile read(Path folder) throws IOException {
    if (GgufFacts.isGguf(folder)) {
      return of(ModelLoader.config(folder));
    }
    Path file = folder.resolve(ModelFolder.CONFIG);
    try {
      JsonNode root = JsonMapper.shared().readTree(ModelFile.readJson(file));
      if (!root.isObject()) {
        throw new IOException(file + ": is not a JSON object");
      }
      return new ModelConfigFile(root);
    } catch (JacksonException e) {
      throw new IOException(file + ": not valid JSON: " + OneLine.of(e.getOriginalMessage()), e);
    }
  }

  private static ModelConfigFile of(ModelConfig config) {
    return new ModelConfigFile(
        JsonMapper.shared()
            .createObjectNode()
            .put("model_type", config.modelType())
            .put("num_hidden_layers", config.nLayers())
            .put("hidden_size", config.dModel())
            .put("num_attention_heads", config.nHeads())
            .put("num_key_value_heads", config.nKvHeads())
            .put("head_dim", config.dHead())
            .put("intermediate_size", config.dMlp())
            .put("vocab_size", config.dVocab())
            .put("max_position_embeddings", config.nContext())
            .put("tie_word_embeddings", config.tiedHead()));
  }

  String family() {
    return root.path("model_type").asString("unknown");
  }

  OptionalInt layers() {
    return first("n_layer", "num_hidden_layers");
  }

  OptionalInt width() {
    return first("n_embd", "hidden_size");
  }

  OptionalInt heads() {
    return first("n_head", "num_attention_heads");
  }

  OptionalInt keyValueHeads() {
    OptionalInt own = first("num_key_value_heads");
    return own.isPresent() ? own : heads();
  }

  OptionalInt headWidth() {
    OptionalInt own = first("head_dim");
    if (own.isPresent() || width().isEmpty() || heads().orElse(0) == 0) {
      return own;
    }
    return OptionalInt.of(width().getAsInt() / heads().getAsInt());
  }

  OptionalInt mlpWidth() {
    OptionalInt own = first("n_inner", "ffn_dim", "intermediate_size");
    return own.isPresent() || width().isEmpty() ? own : OptionalInt.of(4 * width().getAsInt());
  }

  OptionalInt vocabulary() {
    return first("vocab_size");
  }

  OptionalInt context() {
    return first("n_positions", "max_position_embeddings");
  }

  boolean tiedHead() {
    return root.path("tie_word_embeddings")
        .asBoolean(List.of("gpt2", "opt", "starcoder2").contains(family()));
  }

  private OptionalInt first(String... keys) {
    for (String key : keys) {
      JsonNode value = root.path(key);
      if (value.isIntegralNumber() && value.canConvertToInt()) {
        return OptionalInt.of(value.asInt());
      }
    }
    return OptionalInt.empty();
  }
}
