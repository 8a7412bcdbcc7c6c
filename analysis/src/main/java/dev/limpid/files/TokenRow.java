package dev.limpid.files;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** The ids of the prompt that a file is about. */
final class TokenRow {
  private static final String NAME = "tokens";

  private TokenRow() {}

  /**
   * Reads them.
   *
   * @param what the file should be, for the message
   */
  static List<Integer> read(SafetensorsFile file, String what) throws IOException {
    if (!file.names().contains(NAME)) {
      throw new IOException(
          "%s: not %s: it holds no tensor '%s'".formatted(file.path(), what, NAME));
    }
    Tensor tokens = file.tensor(NAME);
    if (tokens.dtype() != DType.I64 || tokens.shape().rank() != 1) {
      throw new IOException(
          "%s: not %s: '%s' is %s of %s, should be one row of I64"
              .formatted(file.path(), what, NAME, tokens.shape(), tokens.dtype()));
    }
    return Arrays.stream(tokens.toInts()).boxed().toList();
  }
}
