/**
 * How every file of a model is opened: only regular files that belong to the model's folder are
 * read, and what is wrong with one is said in one line.
 *
 * <p>Start with {@link dev.limpid.tensor.files.ModelFile}.
 */
@NullMarked
package dev.limpid.tensor.files;

import org.jspecify.annotations.NullMarked;
