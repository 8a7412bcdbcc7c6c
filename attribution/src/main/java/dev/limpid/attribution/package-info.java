/**
 * How much each part of a forward pass contributed, and what each state would predict.
 *
 * <p>Start with {@link dev.limpid.attribution.Contributions}; {@link
 * dev.limpid.attribution.ContributionMeasure} is the formula for a single node, {@link
 * dev.limpid.attribution.LogitLens} reads states as predictions. {@link
 * dev.limpid.attribution.HeadContributions} and {@link dev.limpid.attribution.NeuronContributions}
 * look into one block, {@link dev.limpid.attribution.HeadRoles} says what heads do in general.
 * {@link dev.limpid.attribution.DirectLogitAttribution} splits one logit among all of them.
 */
@NullMarked
package dev.limpid.attribution;

import org.jspecify.annotations.NullMarked;
