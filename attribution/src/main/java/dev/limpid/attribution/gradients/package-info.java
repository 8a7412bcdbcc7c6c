/**
 * How a number read from the logits depends on tokens and on parts of the model, to first order:
 * gradients, their means along a path, attribution patching, and relevance.
 *
 * <p>Start with {@link dev.limpid.attribution.gradients.GradientRun}; what is made of it is in
 * {@link dev.limpid.attribution.gradients.TokenScores} and {@link
 * dev.limpid.attribution.gradients.ComponentScores}.
 */
@NullMarked
package dev.limpid.attribution.gradients;

import org.jspecify.annotations.NullMarked;
