package dev.limpid.model.load.lora;

import dev.limpid.model.load.lora.Adapter.Part;
import dev.limpid.tensor.Tensor;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How an adapter changes one tensor of its base.
 *
 * @param module whose tensor it is, as the adapter calls it
 * @param whole what the adapter has in its place, if anything
 * @param added what is added to it
 * @param byInputs whether it is a matrix that is stored by inputs, [in, out]
 */
record Change(String module, @Nullable Part whole, Added added, boolean byInputs) {

  /** What is added to a tensor. */
  enum Added {
    NOTHING,
    /** s B A, of a linear map. */
    LINEAR,
    /** s (B A)^T, of an embedding [V, D]. */
    EMBEDDING
  }

  /** Returns how the parts of a module change its matrix. */
  static Change of(String module, Set<Part> parts, boolean byInputs) {
    Added added = Added.NOTHING;
    if (parts.contains(Part.A) || parts.contains(Part.B)) {
      added = Added.LINEAR;
    } else if (parts.contains(Part.EMBEDDING_A) || parts.contains(Part.EMBEDDING_B)) {
      added = Added.EMBEDDING;
    }
    return new Change(module, parts.contains(Part.WHOLE) ? Part.WHOLE : null, added, byInputs);
  }

  /** Returns the change of a module's bias, which is stored whole. */
  static Change ofBias(String module) {
    return new Change(module, Part.BIAS, Added.NOTHING, false);
  }

  /** Checks the shapes of all that the adapter holds for a tensor of that shape. */
  void require(Adapter adapter, int... shape) throws IOException {
    if (whole != null) {
      adapter.require(module, whole, shape);
    }
    int r = adapter.rank(module);
    switch (added) {
      case LINEAR -> {
        adapter.require(module, Part.A, r, byInputs ? shape[0] : shape[1]);
        adapter.require(module, Part.B, byInputs ? shape[1] : shape[0], r);
      }
      case EMBEDDING -> {
        adapter.require(module, Part.EMBEDDING_A, r, shape[0]);
        adapter.require(module, Part.EMBEDDING_B, shape[1], r);
      }
      case NOTHING -> {}
    }
  }

  /** Returns the tensor with what is added to it; it is not modified, the shapes were checked. */
  Tensor applied(Adapter adapter, Tensor tensor) throws IOException {
    return switch (added) {
      case NOTHING -> tensor;
      case EMBEDDING ->
          new Delta(
                  columns(adapter.tensor(module, Part.EMBEDDING_A)),
                  columns(adapter.tensor(module, Part.EMBEDDING_B)),
                  adapter.scale(module))
              .addedTo(tensor);
      case LINEAR -> {
        Tensor a = adapter.tensor(module, Part.A);
        Tensor b = adapter.tensor(module, Part.B);
        Delta delta =
            byInputs
                ? new Delta(columns(a), columns(b), adapter.scale(module))
                : new Delta(rows(b), rows(a), adapter.scale(module));
        yield delta.addedTo(tensor);
      }
    };
  }

  private static float[][] rows(Tensor matrix) {
    float[][] rows = new float[matrix.dim(0)][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = matrix.row(i).toFloats();
    }
    return rows;
  }

  private static float[][] columns(Tensor matrix) {
    float[] all = matrix.toFloats();
    float[][] columns = new float[matrix.dim(1)][matrix.dim(0)];
    for (int i = 0; i < all.length; i++) {
      columns[i % columns.length][i / columns.length] = all[i];
    }
    return columns;
  }
}
