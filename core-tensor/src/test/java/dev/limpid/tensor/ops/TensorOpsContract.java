package dev.limpid.tensor.ops;

/**
 * What every implementation of {@link TensorOps} promises, checked against formulas in double.
 *
 * <p>A test of an implementation implements this interface. Sizes are odd on purpose: no width is a
 * multiple of a vector, no height one of a tile.
 */
public interface TensorOpsContract
    extends MemoryContract,
        WeightsContract,
        BlocksContract,
        RowsContract,
        AttentionContract,
        ElementsContract,
        PlainContract,
        BackwardContract,
        ContributionsContract,
        ErrorsContract {}
