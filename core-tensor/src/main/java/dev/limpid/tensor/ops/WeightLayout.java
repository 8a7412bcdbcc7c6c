package dev.limpid.tensor.ops;

/** How a stored matrix lists its elements. */
public enum WeightLayout {
  /** [out, in], the habit of {@code torch.nn.Linear}. */
  OUT_IN,
  /** [in, out], the habit of GPT-2's {@code Conv1D}. */
  IN_OUT;

  /** Returns the layout under which the same elements are the transposed matrix. */
  public WeightLayout transposed() {
    return this == OUT_IN ? IN_OUT : OUT_IN;
  }
}
