package dev.limpid.models;

import dev.limpid.tensor.Shape;
import dev.limpid.tensor.gguf.GgufFile;
import dev.limpid.tensor.safetensors.Checkpoint;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What the headers of a model's weight files say.
 *
 * @param parameters numbers in all weights; a head tied to the embedding counts once
 * @param dtypes their element types, sorted
 * @param files how many files they lie in
 * @param bytes the size of these files
 */
record WeightFacts(long parameters, List<String> dtypes, int files, long bytes) {
  /** Constants some checkpoints store beside their weights. */
  private static final Pattern BUFFER =
      Pattern.compile(
          "(transformer\\.)?h\\.\\d+\\.attn\\.(bias|masked_bias)|.*\\.rotary_emb\\.inv_freq");

  private static final Pattern HEAD = Pattern.compile("lm_head\\.weight");

  static WeightFacts read(Path folder, boolean tiedHead) throws IOException {
    if (GgufFile.isAt(folder)) {
      return GgufFacts.weights(folder);
    }
    long parameters = 0;
    long bytes = 0;
    NavigableSet<String> dtypes = new TreeSet<>();
    List<Path> files = Checkpoint.open(folder).files();
    try (Arena arena = Arena.ofConfined()) {
      for (Path path : files) {
        bytes += Files.size(path);
        SafetensorsFile file = SafetensorsFile.open(path, arena);
        for (String name : file.names()) {
          boolean counts =
              !BUFFER.matcher(name).matches() && !(tiedHead && HEAD.matcher(name).matches());
          if (counts) {
            parameters += file.shape(name).map(Shape::size).orElse(0L);
            file.type(name).ifPresent(dtypes::add);
          }
        }
      }
    }
    return new WeightFacts(parameters, List.copyOf(dtypes), files.size(), bytes);
  }
}
