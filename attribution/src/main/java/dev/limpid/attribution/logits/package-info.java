/**
 * States and updates read as tokens, and one logit split among everything that was added to the
 * residual stream.
 *
 * <p>Start with {@link dev.limpid.attribution.logits.LogitLens} and {@link
 * dev.limpid.attribution.logits.DirectLogitAttribution}.
 */
@NullMarked
package dev.limpid.attribution.logits;

import org.jspecify.annotations.NullMarked;
