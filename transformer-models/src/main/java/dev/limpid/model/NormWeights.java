package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The learned part of a norm.
 *
 * @param gain [D], or null for ones
 * @param bias [D], or null for zeros
 */
public record NormWeights(@Nullable Tensor gain, @Nullable Tensor bias) {}
