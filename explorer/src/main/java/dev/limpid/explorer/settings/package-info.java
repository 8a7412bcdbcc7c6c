/**
 * Settings read from files.
 *
 * <p>{@link dev.limpid.explorer.settings.ExplorerConfig} reads the configuration file of the LM
 * Transparency Tool as it is.
 */
@NullMarked
package dev.limpid.explorer.settings;

import org.jspecify.annotations.NullMarked;
