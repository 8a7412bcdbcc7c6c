package dev.limpid.backend.opencl;

/** What multiplies matrices: kernels of OpenCL C alone, or NVIDIA's tensor cores. */
enum Split {
  /** Products of 32-bit floats, one by one. */
  NONE("", ""),

  /** What tensor cores compute, by OpenCL C: slow, for tests on devices that have none. */
  EMULATED("-DSPLIT=0", "tensor cores emulated"),

  /**
   * Tensor cores, which multiply numbers of 11 bits: every number is split in two, and three of the
   * four products are summed.
   */
  TENSOR_CORES("-DSPLIT=1", "tensor cores");

  private final String options;
  private final String words;

  Split(String options, String words) {
    this.options = options;
    this.words = words;
  }

  /** Returns the definitions that a kernel is compiled with. */
  String options() {
    return options;
  }

  /** Returns what people are told of it; empty where there is nothing to tell. */
  String words() {
    return words;
  }
}
