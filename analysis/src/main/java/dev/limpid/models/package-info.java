/**
 * Where models are found by name or folder, and what can be said of one without running it.
 *
 * <p>Start with {@link dev.limpid.models.ModelLocator}; {@link dev.limpid.models.ModelSummary}
 * describes what it finds.
 */
@NullMarked
package dev.limpid.models;

import org.jspecify.annotations.NullMarked;
