package dev.limpid.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.AbstractList;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Layers that are read whenever they are asked for, so that a model may be larger than the memory.
 *
 * <p>Only the layer last asked for is kept: whoever goes through the layers should do all that one
 * of them is needed for before going on. Safe to share between threads; one of them reads at a
 * time, and each holds the layer that it works with.
 *
 * <p>What cannot be read is an {@link UncheckedIOException}.
 */
public final class StreamedBlocks extends AbstractList<BlockWeights> {
  /** Reads one layer. */
  public interface Reader {
    /** Returns the layer, counted from 0. */
    BlockWeights read(int layer) throws IOException;
  }

  /** The layer last asked for. */
  private record Kept(int layer, BlockWeights weights) {}

  private final int size;
  private final long bytes;
  private final Reader reader;
  private @Nullable Kept kept;

  /**
   * Creates the list of that many layers; none is read yet.
   *
   * @param bytes the memory that the matrices of all of them would take
   */
  public StreamedBlocks(int size, long bytes, Reader reader) {
    this(size, bytes, reader, null);
  }

  private StreamedBlocks(int size, long bytes, Reader reader, @Nullable Kept kept) {
    this.size = size;
    this.bytes = bytes;
    this.reader = reader;
    this.kept = kept;
  }

  /** Creates the list of that many layers, of which the first has been read. */
  public static StreamedBlocks startingWith(
      BlockWeights first, int size, long bytes, Reader reader) {
    return new StreamedBlocks(size, bytes, reader, new Kept(0, first));
  }

  /** Returns the memory that the matrices of all layers would take. */
  public long bytes() {
    return bytes;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public synchronized BlockWeights get(int layer) {
    Objects.checkIndex(layer, size);
    if (kept != null && kept.layer == layer) {
      return kept.weights;
    }
    kept = null; // makes room before the next one is read
    try {
      BlockWeights read = reader.read(layer);
      kept = new Kept(layer, read);
      return read;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
