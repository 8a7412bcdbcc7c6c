package dev.limpid.attribution;

/**
 * What one head brought to one position.
 *
 * @param contribution the contribution of its term from the key asked for, or the sum over keys
 * @param signed sign(y) . z / |y|_1 of the same terms: negative for a head that takes away
 * @param attention to the key asked for, or the largest to any one key
 * @param looksAt the key with the largest attention of all, whichever was asked for
 */
public record HeadContribution(
    int head, double contribution, double signed, double attention, int looksAt) {}
