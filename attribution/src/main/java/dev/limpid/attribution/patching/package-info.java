/**
 * What changes when something is changed: the measured effects of interventions on a prediction.
 *
 * <p>Start with {@link dev.limpid.attribution.patching.PatchedRuns}, which runs a prompt with
 * interventions and reads a metric; {@link dev.limpid.attribution.patching.Replacement} says what
 * comes in place of a value, {@link dev.limpid.attribution.patching.SiteSweep} lists the places of
 * a sweep, {@link dev.limpid.attribution.patching.PathPatching} changes what one reader reads.
 */
@NullMarked
package dev.limpid.attribution.patching;

import org.jspecify.annotations.NullMarked;
