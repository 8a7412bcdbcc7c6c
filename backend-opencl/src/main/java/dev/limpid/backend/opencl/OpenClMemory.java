package dev.limpid.backend.opencl;

import dev.limpid.tensor.DeviceMemory;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A block of floats on a device, until it is closed or nobody references it.
 *
 * <p>New memory counts as zeros, but they are written only if something is read before all of it is
 * written.
 */
final class OpenClMemory implements DeviceMemory {
  private static final Cleaner CLEANER = Cleaner.create();

  private final Session session;
  private final Pool.Block block;
  private final long floats;
  private final Return giving;
  private final Cleaner.Cleanable cleanable;
  private volatile boolean zeroed;

  /** Gives a block back once. */
  private static final class Return implements Runnable {
    private final Pool pool;
    private final Pool.Block block;
    private final AtomicBoolean done = new AtomicBoolean();

    Return(Pool pool, Pool.Block block) {
      this.pool = pool;
      this.block = block;
    }

    @Override
    public void run() {
      if (done.compareAndSet(false, true)) {
        pool.giveBack(block);
      }
    }
  }

  /**
   * Takes over a block.
   *
   * @param written whether all of it will be written before it is read
   */
  OpenClMemory(Session session, Pool.Block block, long floats, boolean written) {
    this.session = session;
    this.block = block;
    this.floats = floats;
    this.zeroed = written || floats == 0;
    this.giving = new Return(session.pool(), block);
    this.cleanable = CLEANER.register(this, giving);
  }

  /** Releases a context when nobody references its session. */
  static void whenUnreachable(Session session, Runnable handles) {
    CLEANER.register(session, handles);
  }

  @Override
  public String device() {
    return session.device().name();
  }

  /** Returns the session that it belongs to. */
  Session session() {
    return session;
  }

  /** Returns the number of floats. */
  long size() {
    return floats;
  }

  /** Returns the buffer, to be read, or written in part. */
  MemorySegment forReading() {
    session.waiting().launch();
    MemorySegment buffer = open();
    if (!zeroed) {
      session.zero(buffer, floats);
      zeroed = true;
    }
    return buffer;
  }

  /** Returns the buffer, all of which will be written. */
  MemorySegment forWriting() {
    session.waiting().launch();
    zeroed = true;
    return open();
  }

  private MemorySegment open() {
    requireOpen();
    return block.buffer();
  }

  /** Checks that it has not ended. */
  void requireOpen() {
    if (giving.done.get()) {
      throw new IllegalStateException("this memory of " + device() + " ended with its scope");
    }
  }

  @Override
  public void read(long from, float[] to, int at, int count) {
    session.read(this, from, to, at, count);
  }

  @Override
  public void write(long at, float[] from, int first, int count) {
    MemorySegment buffer = at == 0 && count == floats ? forWriting() : forReading();
    session.write(buffer, at, MemorySegment.ofArray(from).asSlice(first * 4L, count * 4L));
  }

  @Override
  public void close() {
    cleanable.clean();
  }
}
