package dev.limpid.attribution;

import dev.limpid.tensor.ops.KeysAbove;

/**
 * The contributions at the nodes of one layer, of attention only what is above a threshold; to be
 * read, not modified.
 *
 * @param nHeads H
 * @param attention of every query the keys above the threshold
 * @param shares of all other parts
 */
public record ContributionsAbove(int nHeads, KeysAbove attention, NodeShares shares) {}
