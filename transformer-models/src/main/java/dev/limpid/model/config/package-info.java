/**
 * What a {@code config.json} says about a model, in one vocabulary for all families.
 *
 * <p>Start with {@link dev.limpid.model.config.ModelConfig}.
 */
@NullMarked
package dev.limpid.model.config;

import org.jspecify.annotations.NullMarked;
