/**
 * How results leave: JSON documents with plain decimals, and files that are there whole or not at
 * all.
 *
 * <p>Start with {@link dev.limpid.explorer.output.JsonOut} and {@link
 * dev.limpid.explorer.output.OutputFile}.
 */
@NullMarked
package dev.limpid.explorer.output;

import org.jspecify.annotations.NullMarked;
