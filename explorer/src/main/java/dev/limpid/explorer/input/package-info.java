/**
 * Files and streams that the user names, prompts and settings: they may be pipes, but not endless.
 *
 * <p>Start with {@link dev.limpid.explorer.input.InputFile}.
 */
@NullMarked
package dev.limpid.explorer.input;

import org.jspecify.annotations.NullMarked;
