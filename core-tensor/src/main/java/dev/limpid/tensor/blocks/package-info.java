/**
 * Numbers that are quantised in blocks: the formats that there are, and what a block holds.
 *
 * <p>Start with {@link dev.limpid.tensor.blocks.BlockFormat}.
 */
@NullMarked
package dev.limpid.tensor.blocks;

import org.jspecify.annotations.NullMarked;
