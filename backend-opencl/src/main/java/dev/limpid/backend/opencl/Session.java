package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.driver.OpenCl;
import dev.limpid.tensor.Shape;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.DeviceUse;
import dev.limpid.tensor.spi.Scopes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A context of one device, with its memory, its programs and two queues: one that computes, whose
 * commands run one after the other, and one for what is brought there to stay, so that the next
 * layer of a streamed model arrives while the present one is computed.
 */
final class Session {
  /** What crosses at once, through memory that the driver can reach. */
  private static final int CHUNK = 16 << 20;

  private final OpenCl driver;
  private final OpenClDevice device;
  private final Pool pool;
  private final Programs programs;
  private final FiniteChecks checks = new FiniteChecks(this);
  private final Waiting waiting = new Waiting();
  private final Scopes scopes = new Scopes(waiting::launch, checks::settle);
  private final MemorySegment computing;
  private final MemorySegment uploading;
  private final ReentrantLock launching = new ReentrantLock();
  private final AtomicLong launches = new AtomicLong();
  private final AtomicLong waits = new AtomicLong();
  private final AtomicLong uploadedBytes = new AtomicLong();
  private final AtomicLong downloads = new AtomicLong();
  private final AtomicLong downloadedBytes = new AtomicLong();

  /** An argument, and the sizes of a launch; written under the lock. */
  private final MemorySegment argument = Arena.ofAuto().allocate(8, 8);

  private final MemorySegment sizes = Arena.ofAuto().allocate(6 * 8L, 8);

  Session(OpenCl driver, OpenClDevice device, ProgramCache cache, long budget) {
    this.driver = driver;
    this.device = device;
    Handles handles = new Handles();
    OpenClMemory.whenUnreachable(this, handles);
    MemorySegment context = driver.createContext(device.platform(), device.handle());
    handles.onClose(() -> driver.releaseContext(context));
    computing = driver.createQueue(context, device.handle());
    MemorySegment compute = computing;
    handles.onClose(() -> driver.releaseQueue(compute));
    uploading = driver.createQueue(context, device.handle());
    MemorySegment upload = uploading;
    handles.onClose(() -> driver.releaseQueue(upload));
    pool = new Pool(driver, device, context, budget);
    handles.onClose(pool);
    programs = new Programs(driver.compiler(), device, context, cache, handles);
  }

  OpenClDevice device() {
    return device;
  }

  Pool pool() {
    return pool;
  }

  Scopes scopes() {
    return scopes;
  }

  Waiting waiting() {
    return waiting;
  }

  FiniteChecks checks() {
    return checks;
  }

  /** Returns what has been done so far. */
  DeviceUse use() {
    return new DeviceUse(
        device.name(),
        launches.get(),
        waits.get(),
        uploadedBytes.get(),
        downloads.get(),
        downloadedBytes.get(),
        pool.most());
  }

  /** Returns new memory for activations; it ends with the scope of this thread. */
  Tensor zeros(int... dims) {
    long size = Shape.of(dims).size();
    OpenClMemory memory = new OpenClMemory(this, pool.lend(size * Float.BYTES), size, false);
    scopes.own(memory);
    return Tensor.on(memory, 0, dims);
  }

  /** Returns memory full of zeros, which whoever asks closes. */
  OpenClMemory scratchOfZeros(long floats) {
    return new OpenClMemory(this, pool.lend(floats * Float.BYTES), floats, false);
  }

  /** Returns memory for numbers in between, which whoever asks closes. */
  OpenClMemory scratch(long floats) {
    return new OpenClMemory(this, pool.lend(floats * Float.BYTES), floats, true);
  }

  /** Returns new memory to stay. */
  OpenClMemory stay(long bytes) {
    return new OpenClMemory(this, pool.make(bytes), bytes / Float.BYTES, true);
  }

  /** Returns where a tensor lies; it must be on this device. */
  OpenClMemory memory(Tensor x) {
    if (x.memory().orElse(null) instanceof OpenClMemory memory && memory.session() == this) {
      return memory;
    }
    throw new IllegalArgumentException(
        x + " is not on " + device.name() + ": bring it there by resident");
  }

  /** Begins a launch of a kernel, behind what waits. */
  Launch launch(Programs.Kernel kernel) {
    waiting.launch();
    return new Launch(this, kernel);
  }

  /** Enqueues a kernel: its arguments in order, eight bytes for each, of which it takes some. */
  void enqueue(Programs.Kernel kernel, long[] values, int[] bytes, int count, long[] work) {
    launching.lock();
    try {
      MemorySegment handle = programs.get(kernel);
      for (int i = 0; i < count; i++) {
        argument.set(ValueLayout.JAVA_LONG, 0, values[i]);
        driver.argument(handle, i, argument, bytes[i]);
      }
      for (int i = 0; i < 6; i++) {
        sizes.setAtIndex(ValueLayout.JAVA_LONG, i, work[i]);
      }
      driver.enqueue(computing, handle, sizes);
    } finally {
      launching.unlock();
    }
    launches.incrementAndGet();
  }

  /** Enqueues zeros. */
  void zero(MemorySegment buffer, long floats) {
    launches.incrementAndGet();
    driver.zero(computing, buffer, floats * Float.BYTES);
  }

  /** Brings floats home, once all is done that was enqueued before. */
  void read(OpenClMemory memory, long from, float[] to, int at, int count) {
    MemorySegment buffer = memory.forReading();
    if (count == 0) {
      return;
    }
    waits.incrementAndGet();
    downloads.incrementAndGet();
    downloadedBytes.addAndGet(count * 4L);
    MemorySegment heap = MemorySegment.ofArray(to).asSlice(at * 4L, count * 4L);
    Optional<FiniteChecks.Pending> looked = checks.begin();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment staged = arena.allocate(Math.min(CHUNK, heap.byteSize()), 64);
      for (long done = 0; done < heap.byteSize(); done += CHUNK) {
        MemorySegment part = staged.asSlice(0, Math.min(CHUNK, heap.byteSize() - done));
        driver.read(computing, buffer, from * 4 + done, part);
        heap.asSlice(done, part.byteSize()).copyFrom(part);
      }
    }
    looked.ifPresent(FiniteChecks.Pending::settle);
  }

  /** Begins to bring floats home: they are there when the next read is done. */
  void readLater(OpenClMemory memory, MemorySegment to) {
    driver.readLater(computing, memory.forReading(), to);
    downloadedBytes.addAndGet(to.byteSize());
  }

  /** Brings bytes of the heap to the device, after all that was enqueued before. */
  void write(MemorySegment buffer, long at, MemorySegment heap) {
    waits.incrementAndGet();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment staged = arena.allocate(Math.max(1, Math.min(CHUNK, heap.byteSize())), 64);
      for (long done = 0; done < heap.byteSize(); done += CHUNK) {
        MemorySegment part = staged.asSlice(0, Math.min(CHUNK, heap.byteSize() - done));
        part.copyFrom(heap.asSlice(done, part.byteSize()));
        driver.write(computing, buffer, at * 4 + done, part);
      }
    }
    uploadedBytes.addAndGet(heap.byteSize());
  }

  /**
   * Brings a tensor to the device as it is stored.
   *
   * @param fresh whether no command has used the buffer: it need not wait for any
   */
  void upload(Tensor x, MemorySegment buffer, long at, boolean fresh) {
    int width = x.dtype().bytes();
    long bytes = x.size() * width;
    if (bytes == 0) {
      return;
    }
    flushBefore(fresh);
    waits.addAndGet(fresh ? 0 : 1);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment staged = arena.allocate(Math.min(CHUNK, bytes), 64);
      for (long done = 0; done < bytes; done += CHUNK) {
        MemorySegment part = staged.asSlice(0, Math.min(CHUNK, bytes - done));
        x.copyStoredTo(done / width, part);
        driver.write(fresh ? uploading : computing, buffer, at + done, part);
      }
    }
    uploadedBytes.addAndGet(bytes);
  }

  /** What was enqueued is to be computed while more arrives. */
  private void flushBefore(boolean fresh) {
    if (fresh) {
      waiting.launch();
      driver.flush(computing);
    }
  }

  /** Brings bytes that are staged already into a fresh buffer. */
  void upload(MemorySegment staged, MemorySegment buffer, long at) {
    flushBefore(true);
    driver.write(uploading, buffer, at, staged);
    uploadedBytes.addAndGet(staged.byteSize());
  }
}
