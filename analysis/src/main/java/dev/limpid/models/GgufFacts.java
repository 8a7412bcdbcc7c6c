package dev.limpid.models;

import dev.limpid.tensor.Shape;
import dev.limpid.tensor.gguf.GgufFile;
import dev.limpid.tensor.gguf.GgufType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the header of a GGUF file says beside the facts of the architecture. */
public final class GgufFacts {
  private static final String METADATA = "general.";
  private static final String DIVISORS = "rope_freqs.weight";

  private GgufFacts() {}

  static WeightFacts weights(Path path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      GgufFile file = GgufFile.open(path, arena);
      List<String> names = file.names().stream().filter(name -> !name.equals(DIVISORS)).toList();
      long parameters = 0;
      for (String name : names) {
        parameters += file.shape(name).map(Shape::size).orElse(0L);
      }
      List<String> types =
          names.stream().flatMap(name -> file.type(name).stream()).map(GgufType::name).toList();
      long bytes = 0;
      for (Path part : file.paths()) {
        bytes += Files.size(part);
      }
      return new WeightFacts(
          parameters, types.stream().distinct().sorted().toList(), file.paths().size(), bytes);
    }
  }

  static ModelCard card(Path path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      GgufFile file = GgufFile.open(path, arena);
      Optional<String> description = file.metadata().string(METADATA + "description");
      Optional<String> name = file.metadata().string(METADATA + "name");
      return new ModelCard(
          file.metadata().string(METADATA + "license"),
          description.isPresent() ? description : name,
          List.of());
    }
  }

  static String tokenizer(Path path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      GgufFile file = GgufFile.open(path, arena);
      Optional<String> model = file.metadata().string("tokenizer.ggml.model");
      int pieces = file.metadata().strings("tokenizer.ggml.tokens").map(List::size).orElse(0);
      return model
          .map(kind ->
              "in the file (%s, %d pieces)"
                  .formatted(
                      switch (kind) {
                        case "gpt2" -> "byte-level BPE";
                        case "llama" -> "SentencePiece";
                        default -> kind;
                      },
                      pieces))
          .orElse("none (give prompts by --tokens)");
    }
  }
}
