package dev.limpid.model.load;

import dev.limpid.tensor.Shape;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.gguf.GgufFile;
import dev.limpid.tensor.weights.MissingTensorException;
import dev.limpid.tensor.weights.WeightSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The weights of a GGUF file as Hugging Face orders them: shapes and most rows are the same, but
 * some families have the rows of queries and keys interleaved.
 *
 * <p>Rotation turns pairs of components of a head of width d. Hugging Face pairs i with i + d/2,
 * llama.cpp 2i with 2i + 1, and its converter moves the rows accordingly.
 *
 * @param interleaved d where the rows of queries and keys are interleaved, else 0
 */
record GgufWeights(GgufFile file, int interleaved) implements WeightSource {
  private static final Pattern ROTATED = Pattern.compile("blk\\.\\d+\\.attn_[qk]\\.(weight|bias)");

  @Override
  public Path location() {
    return file.path();
  }

  @Override
  public List<Path> files() {
    return List.of(file.path());
  }

  @Override
  public Set<String> names() {
    return file.names();
  }

  @Override
  public void require(String name, int... expectedShape) throws MissingTensorException {
    Shape expected = Shape.of(expectedShape);
    Shape stored =
        file.shape(name)
            .orElseThrow(() -> new MissingTensorException(file.path(), name, "is not in the file"));
    if (!stored.equals(expected)) {
      throw new MissingTensorException(
          file.path(), name, "has shape " + stored + ", the metadata need " + expected);
    }
    file.requireSupported(name);
  }

  @Override
  public GgufWeights mappedAgain(Arena arena) throws IOException {
    return new GgufWeights(file.mappedAgain(arena), interleaved);
  }

  @Override
  public Tensor tensor(String name, int... expectedShape) throws MissingTensorException {
    require(name, expectedShape);
    Tensor tensor = file.tensor(name);
    return interleaved > 0 && ROTATED.matcher(name).matches()
        ? tensor.gather(inHalves(tensor.dim(0), interleaved))
        : tensor;
  }

  @Override
  public void requireWhole() throws IOException {
    file.requireWhole();
  }

  /** Returns for every row in Hugging Face's order where it lies among interleaved ones. */
  private static int[] inHalves(int rows, int dHead) {
    return IntStream.range(0, rows)
        .map(row -> {
          int inHead = row % dHead;
          int pair = inHead % (dHead / 2);
          return row - inHead + 2 * pair + inHead / (dHead / 2);
        })
        .toArray();
  }
}
