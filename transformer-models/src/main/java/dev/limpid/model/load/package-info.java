/**
 * From files to a model, a folder in Hugging Face layout or a GGUF file: which families there are,
 * how they name their weights.
 *
 * <p>Start with {@link dev.limpid.model.load.ModelLoader}; a new family is one constant of {@link
 * dev.limpid.model.load.Architecture}.
 */
@NullMarked
package dev.limpid.model.load;

import org.jspecify.annotations.NullMarked;
