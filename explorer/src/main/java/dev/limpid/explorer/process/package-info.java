/**
 * The process round a command: streams, exit codes, failures in one line, progress.
 *
 * <p>Start with {@link dev.limpid.explorer.process.Console}.
 */
@NullMarked
package dev.limpid.explorer.process;

import org.jspecify.annotations.NullMarked;
