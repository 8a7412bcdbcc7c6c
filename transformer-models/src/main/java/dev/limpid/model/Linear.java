package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import org.jspecify.annotations.Nullable;

/**
 * A linear map x W^T + b.
 *
 * @param weight W, [out, in]
 * @param bias b, [out], or null for none
 */
public record Linear(PackedMatrix weight, @Nullable Tensor bias) {}
