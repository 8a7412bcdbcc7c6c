/**
 * What can be changed in a forward pass, as data: an {@link
 * dev.limpid.model.intervene.Intervention} is a {@link dev.limpid.model.intervene.Site} and a
 * {@link dev.limpid.model.intervene.Change}.
 *
 * <p>A list of them is given to {@code Transformer.run}, which runs the prompt with them, or to
 * {@code Transformer.rerun}, which runs many lists on one prompt and only what lies downstream of
 * each. They are applied in the order of the pass, and at one site in the order of the list; each
 * sees what the earlier ones did.
 */
@NullMarked
package dev.limpid.model.intervene;

import org.jspecify.annotations.NullMarked;
