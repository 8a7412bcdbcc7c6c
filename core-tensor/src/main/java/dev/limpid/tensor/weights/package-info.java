/**
 * What a model's weights are asked for by, whatever the format of the files they lie in.
 *
 * <p>Start with {@link dev.limpid.tensor.weights.WeightSource}.
 */
@NullMarked
package dev.limpid.tensor.weights;

import org.jspecify.annotations.NullMarked;
