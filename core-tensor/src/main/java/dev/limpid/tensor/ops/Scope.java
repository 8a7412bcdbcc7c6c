package dev.limpid.tensor.ops;

import dev.limpid.tensor.Tensor;

/**
 * The life of tensors on a device, opened by {@link TensorOps#scope}: what {@link TensorOps#zeros}
 * made on this thread while this scope was the innermost open one ends when it closes, and reading
 * it then fails. What was kept belongs to the scope around this one, or, where there is none, lives
 * as long as it is referenced. On a processor nothing ends.
 */
public interface Scope extends AutoCloseable {
  /** A scope that ends nothing. */
  Scope ENDLESS =
      new Scope() {
        @Override
        public Tensor keep(Tensor x) {
          return x;
        }

        @Override
        public void close() {}
      };

  /**
   * Hands a tensor, with all it shares memory with, to the scope around this one; returns it. One
   * that this scope does not own stays where it is.
   */
  Tensor keep(Tensor x);

  @Override
  void close();
}
