/**
 * Shapes, dtypes, tensors, the op vocabulary with its CPU implementations, safetensors and GGUF.
 */
@SuppressWarnings("module") // those that may see how files are opened are built later
module dev.limpid.tensor {
  requires static transitive org.jspecify;
  requires jdk.incubator.vector;
  requires org.apache.commons.numbers.gamma;
  requires tools.jackson.databind;

  exports dev.limpid.tensor;
  exports dev.limpid.tensor.blocks;
  exports dev.limpid.tensor.files to
      dev.limpid.model,
      dev.limpid;
  exports dev.limpid.tensor.gguf;
  exports dev.limpid.tensor.ops;
  exports dev.limpid.tensor.safetensors;
  exports dev.limpid.tensor.spi;
  exports dev.limpid.tensor.weights;

  uses dev.limpid.tensor.spi.BackendProvider;

  provides dev.limpid.tensor.spi.BackendProvider with
      dev.limpid.tensor.spi.ReferenceBackend,
      dev.limpid.tensor.ops.vector.VectorBackend;
}
