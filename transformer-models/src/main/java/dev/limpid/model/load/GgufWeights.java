package dev.limpid.model.load;

import dev.limpid.model.config.ModelConfig;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a GGUF file as Hugging Face orders them: shapes and most rows are the same, but
 * some families have the rows of queries and keys interleaved.
 *
 * <p>Rotation turns pairs of components of a head of width d. Hugging Face pairs i with i + d/2,
 * llama.cpp 2i with 2i + 1, and its converter moves the rows accordingly.
 *
 * @param interleaved the model whose rows of queries and keys are interleaved; null where they are
 *     not
 */
record GgufWeights(GgufFile file, @Nullable ModelConfig interleaved) implements WeightSource {
  private static final Pattern ROTATED =
      Pattern.compile("blk\\.\\d+\\.attn_(q|k|qkv)\\.(weight|bias)");

  @Override
  public Path location() {
    return file.path();
  }

  @Override
  public List<Path> files() {
    return file.paths();
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
    if (!stored.equals(expected) && !(isRow(expected) && stored.equals(rowOf(expected)))) {
      throw new MissingTensorException(
          file.path(), name, "has shape " + stored + ", the metadata need " + expected);
    }
    file.requireSupported(name);
  }

  /** A matrix of one row may be stored as a vector. */
  private static boolean isRow(Shape shape) {
    return shape.rank() == 2 && shape.dim(0) == 1;
  }

  private static Shape rowOf(Shape shape) {
    return Shape.of(shape.dim(1));
  }

  @Override
  public GgufWeights mappedAgain(Arena arena) throws IOException {
    return new GgufWeights(file.mappedAgain(arena), interleaved);
  }

  @Override
  public Tensor tensor(String name, int... expectedShape) throws MissingTensorException {
    require(name, expectedShape);
    Tensor tensor = file.tensor(name).reshape(expectedShape);
    Matcher rotated = ROTATED.matcher(name);
    if (interleaved == null || !rotated.matches()) {
      return tensor;
    }
    // Values, behind queries and keys where all are in one, are not rotated.
    int rows =
        rotated.group(1).equals("qkv")
            ? (interleaved.nHeads() + interleaved.nKvHeads()) * interleaved.dHead()
            : tensor.dim(0);
    return tensor.gather(inHalves(tensor.dim(0), rows, interleaved.dHead()));
  }

  @Override
  public void requireWhole() throws IOException {
    file.requireWhole();
  }

  /** Returns for every row in Hugging Face's order where it lies among interleaved ones. */
  private static int[] inHalves(int rows, int rotated, int dHead) {
    return IntStream.range(0, rows)
        .map(row -> {
          if (row >= rotated) {
            return row;
          }
          int inHead = row % dHead;
          int pair = inHead % (dHead / 2);
          return row - inHead + 2 * pair + inHead / (dHead / 2);
        })
        .toArray();
  }
}
