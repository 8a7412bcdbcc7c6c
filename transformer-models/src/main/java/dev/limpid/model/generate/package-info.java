/**
 * Text from a model, token by token: the most probable one each time, or a random one.
 *
 * <p>Start with {@link dev.limpid.model.generate.Generator}.
 */
@NullMarked
package dev.limpid.model.generate;

import org.jspecify.annotations.NullMarked;
