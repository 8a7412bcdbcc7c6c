/**
 * The transformer: weights and one forward pass that all families share.
 *
 * <p>Start with {@link dev.limpid.model.Transformer}; {@code dev.limpid.model.load} opens one from
 * a checkpoint.
 */
@NullMarked
package dev.limpid.model;

import org.jspecify.annotations.NullMarked;
