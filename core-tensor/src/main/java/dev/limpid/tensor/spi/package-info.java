/**
 * How implementations of {@link dev.limpid.tensor.ops.TensorOps} are found and chosen by name.
 *
 * <p>A plug-in is a jar with a {@link dev.limpid.tensor.spi.BackendProvider} that ServiceLoader
 * finds; {@link dev.limpid.tensor.spi.Backends} opens one.
 */
@NullMarked
package dev.limpid.tensor.spi;

import org.jspecify.annotations.NullMarked;
