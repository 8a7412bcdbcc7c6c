package dev.limpid;

import dev.limpid.attribution.gradients.AllGradients;
import dev.limpid.attribution.gradients.ComponentScores;
import dev.limpid.view.AttributeView;
import org.jspecify.annotations.Nullable;

/**
 * An attribution: the document, and what it was made of.
 *
 * @param view the document
 * @param components the score of each term and MLP; null by token
 * @param gradients of all states, where they were to be kept and are gradients: relevance has none
 */
public record Attribution(
    AttributeView view, @Nullable ComponentScores components, @Nullable AllGradients gradients) {}
