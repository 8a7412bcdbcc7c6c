package dev.limpid.model.load;

import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.load.families.ConfigJson;
import dev.limpid.tensor.gguf.GgufFile;
import dev.limpid.tensor.gguf.GgufMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Says what the metadata of a GGUF file say, in the keys of config.json. */
final class GgufConfig {
  private static final String FAMILY = "general.architecture";
  private static final String EMBEDDING = "token_embd.weight";

  private final GgufFile file;
  private final GgufMetadata metadata;

  GgufConfig(GgufFile file) {
    this.file = file;
    this.metadata = file.metadata();
  }

  /** Returns the family that a file names. */
  static Optional<String> family(GgufFile file) throws IOException {
    return file.metadata().string(FAMILY);
  }

  /**
   * Returns the family of a file.
   *
   * @throws ModelConfigException if it names none that is supported
   */
  static GgufFamily requireFamily(GgufFile file) throws IOException {
    String name =
        family(file)
            .orElseThrow(
                () -> new ModelConfigException(file.path(), "key '" + FAMILY + "' is missing"));
    return GgufFamily.of(name)
        .orElseThrow(() ->
            new ModelConfigException(
                file.path(), FAMILY + " '" + name + "'", GgufFamily.supported()));
  }

  /**
   * Returns the configuration.
   *
   * @throws ModelConfigException if the file holds no whole model of a supported family
   */
  ConfigJson read() throws IOException {
    requireWholeModel();
    GgufFamily family = requireFamily(file);
    GgufKeys keys = new GgufKeys(file, family(file).orElseThrow());
    Map<String, Object> json = new LinkedHashMap<>(family.read(keys));
    if (!keys.flag("attention.causal").orElse(true)) {
      throw keys.unsupported("attention.causal", "false", "true");
    }
    keys.ignore("vocab_size");
    keys.requireAllRead();
    json.put("vocab_size", vocabulary());
    json.put("tie_word_embeddings", !file.names().contains("output.weight"));
    tokens(json);
    return ConfigJson.of(file.path(), json);
  }

  private void requireWholeModel() throws IOException {
    String type = metadata.string("general.type").orElse("model");
    if (!type.equals("model")) {
      throw bad("general.type is '%s', not 'model'".formatted(type));
    }
  }

  /** Some files round the vocabulary up; what the embedding holds counts. */
  private int vocabulary() throws IOException {
    return file.shape(EMBEDDING)
        .filter(shape -> shape.rank() == 2)
        .orElseThrow(() -> bad("no tensor '" + EMBEDDING + "' with two axes"))
        .dim(0);
  }

  private void tokens(Map<String, Object> json) throws IOException {
    OptionalLong bos = metadata.integer("tokenizer.ggml.bos_token_id");
    bos.ifPresent(id -> json.put("bos_token_id", id));
    List<Long> ends = new ArrayList<>();
    for (String key : List.of("tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id")) {
      metadata
          .integer(key)
          .ifPresent(id -> {
            if (!ends.contains(id)) {
              ends.add(id);
            }
          });
    }
    json.put("eos_token_id", ends);
  }

  private ModelConfigException bad(String reason) {
    return new ModelConfigException(file.path(), reason);
  }
}
