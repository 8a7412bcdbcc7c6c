/**
 * From files to a model, a folder in Hugging Face layout or a GGUF file: which families there are,
 * how they name their weights.
 *
 * <p>Start with {@link dev.limpid.model.load.ModelFiles}; a new family is one constant of {@code
 * Architecture}.
 */
@NullMarked
package dev.limpid.model.load;

import org.jspecify.annotations.NullMarked;
