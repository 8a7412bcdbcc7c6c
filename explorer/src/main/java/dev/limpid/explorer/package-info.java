/**
 * The {@code limpid} command: {@link dev.limpid.explorer.Main} connects it to the process, {@link
 * dev.limpid.explorer.Limpid} runs one command line.
 */
@NullMarked
package dev.limpid.explorer;

import org.jspecify.annotations.NullMarked;
