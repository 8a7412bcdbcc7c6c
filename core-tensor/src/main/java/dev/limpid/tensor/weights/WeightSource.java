package dev.limpid.tensor.weights;

import dev.limpid.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The weights of one model, asked for by the names and shapes that its files give them. */
public interface WeightSource {
  /** Returns the file or folder they were opened from. */
  Path location();

  /** Returns the files they lie in, in the order in which they are first needed. */
  List<Path> files();

  /** Returns the names of all tensors. */
  Set<String> names();

  /**
   * Returns a tensor by its exact name.
   *
   * @throws MissingTensorException if it is not there, has another shape, or a type that is not
   *     supported
   * @throws IOException if it cannot be read
   */
  Tensor tensor(String name, int... expectedShape) throws IOException;

  /**
   * Returns one part along the outermost axis of a tensor of that name and shape.
   *
   * @throws MissingTensorException as {@code tensor} does
   * @throws IOException if it cannot be read
   */
  default Tensor part(String name, int row, int... expectedShape) throws IOException {
    return tensor(name, expectedShape).row(row);
  }

  /**
   * Checks what {@link #tensor} checks, without reading the tensor.
   *
   * @throws IOException as {@code tensor} does
   */
  void require(String name, int... expectedShape) throws IOException;

  /**
   * Returns the same weights through a mapping of its own. Pages that were read count as memory of
   * this process until their mapping ends.
   *
   * @param arena how long that mapping lives; tensors must not be used after it is closed
   * @throws IOException if a file was cut off or changed since these weights were opened
   */
  WeightSource mappedAgain(Arena arena) throws IOException;

  /**
   * Checks that no file was cut off since it was opened: what lies behind its new end reads as
   * zeros, or cannot be read at all.
   *
   * @throws IOException if one was: one line with the path
   */
  void requireWhole() throws IOException;
}
