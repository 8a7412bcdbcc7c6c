package dev.limpid.models;

import dev.limpid.tensor.files.JsonProblem;
import dev.limpid.tensor.files.ModelFile;
import dev.limpid.tensor.files.OneLine;
import dev.limpid.tensor.files.UnreadableFileException;
import dev.limpid.tensor.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Says in a few words which tokenizer lies beside a model. */
final class TokenizerFiles {
  private TokenizerFiles() {}

  /** Returns whether there is any. */
  static boolean areIn(Path folder) {
    return GgufFile.isAt(folder)
        || Files.isRegularFile(folder.resolve("tokenizer.json"))
        || Files.isRegularFile(folder.resolve("vocab.json"))
        || Files.isRegularFile(folder.resolve("tokenizer.model"));
  }

  static String describe(Path folder) throws IOException {
    if (GgufFile.isAt(folder)) {
      return GgufFacts.tokenizer(folder);
    }
    Path whole = folder.resolve("tokenizer.json");
    if (Files.isRegularFile(whole)) {
      try {
        JsonNode model = JsonMapper.shared().readTree(ModelFile.readJson(whole)).path("model");
        boolean bytes = model.path("byte_fallback").asBoolean(false);
        return "tokenizer.json (%s, %d pieces%s)"
            .formatted(
                model.path("type").asString("BPE"),
                model.path("vocab").size(),
                bytes ? ", byte fallback" : "");
      } catch (JacksonException e) {
        return "tokenizer.json (damaged: " + OneLine.of(JsonProblem.of(e)) + ")";
      } catch (UnreadableFileException e) {
        return String.valueOf(e.getMessage());
      }
    }
    if (Files.isRegularFile(folder.resolve("vocab.json"))
        && Files.isRegularFile(folder.resolve("merges.txt"))) {
      return "vocab.json + merges.txt (byte-level BPE)";
    }
    return Files.isRegularFile(folder.resolve("tokenizer.model"))
        ? "tokenizer.model (SentencePiece)"
        : "none (give prompts by --tokens)";
  }
}
