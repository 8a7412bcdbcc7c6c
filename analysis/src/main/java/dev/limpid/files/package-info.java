/**
 * The files that results are kept in: traces and contributions, written whole or not at all, and
 * read again.
 *
 * <p>Start with {@link dev.limpid.files.TraceFile} and {@link dev.limpid.files.ContributionsFile}.
 * The names of their tensors are a contract with scripts ({@code docs/python.md}).
 */
@NullMarked
package dev.limpid.files;

import org.jspecify.annotations.NullMarked;
