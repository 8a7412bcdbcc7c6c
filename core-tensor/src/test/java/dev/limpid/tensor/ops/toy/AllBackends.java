package dev.limpid.tensor.ops.toy;

import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.vector.VectorOps;
import dev.limpid.tensor.spi.Backends;
import java.util.List;
import java.util.stream.Stream;

/**
 * The backends that goldens are computed on: those of this machine, one with another memory, and
 * those that the system property {@code limpid.test.backends} names, separated by commas.
 */
public final class AllBackends {
  /** Their names. */
  public static final List<String> NAMES =
      Stream.concat(Stream.of("reference", "vector", "toy"), further()).toList();

  private AllBackends() {}

  private static Stream<String> further() {
    return Stream.of(System.getProperty("limpid.test.backends", "").split(","))
        .filter(name -> !name.isEmpty());
  }

  /** Opens one of them; {@code toy} has fast kernels inside. */
  public static TensorOps open(String name) {
    return name.equals("toy") ? new ToyOps(new VectorOps(2)) : Backends.open(name);
  }
}
