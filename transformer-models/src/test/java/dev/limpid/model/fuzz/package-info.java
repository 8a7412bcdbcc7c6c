/**
 * Damaged files by the thousand: what they are made from, how they are damaged, what may come of
 * it.
 *
 * <p>Start with {@link dev.limpid.model.fuzz.MutatedFilesTest}.
 */
@NullMarked
package dev.limpid.model.fuzz;

import org.jspecify.annotations.NullMarked;
