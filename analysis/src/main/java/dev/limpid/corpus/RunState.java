package dev.limpid.corpus;

import dev.limpid.files.OutputFile;
import dev.limpid.json.JsonOut;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * How far a run is, on disk: killed at any time, it goes on from its last checkpoint.
 *
 * <p>Rows and rejects are appended to files; a checkpoint says how long each of them was, and what
 * is behind that when a run goes on is cut off. It takes the place of the one before in one step.
 *
 * <pre>
 *   state/rows.bin         SampleRow by SampleRow
 *   state/rejects.jsonl    Reject by Reject
 *   state/checkpoint.bin   what tells the run from others, how far it is, its statistics
 * </pre>
 */
final class RunState implements Closeable {
  private static final int FORMAT = 1;
  private static final String FOLDER = "state";
  private static final String CHECKPOINT = "checkpoint.bin";
  private static final String ROWS = "rows.bin";
  private static final String REJECTS = "rejects.jsonl";

  private final Path folder;
  private final Map<String, String> identity;
  private final AppendedFile rows;
  private final AppendedFile rejects;
  private final CorpusStatistics statistics;
  private long entries;

  private RunState(
      Path folder,
      Map<String, String> identity,
      long entries,
      AppendedFile rows,
      AppendedFile rejects,
      CorpusStatistics statistics) {
    this.folder = folder;
    this.identity = identity;
    this.entries = entries;
    this.rows = rows;
    this.rejects = rejects;
    this.statistics = statistics;
  }

  /** Returns whether a run was begun in a folder and did not end. */
  static boolean isIn(Path out) {
    return Files.exists(out.resolve(FOLDER).resolve(CHECKPOINT));
  }

  /**
   * Begins a run.
   *
   * @param identity what tells it from others, by the names of options
   */
  static RunState begin(Path out, Map<String, String> identity, CorpusStatistics empty)
      throws IOException {
    Path folder = out.resolve(FOLDER);
    Files.createDirectories(folder);
    RunState begun =
        new RunState(
            folder,
            identity,
            0,
            new AppendedFile(folder.resolve(ROWS), 0),
            new AppendedFile(folder.resolve(REJECTS), 0),
            empty);
    begun.checkpoint();
    return begun;
  }

  /**
   * Goes on with the run of a folder.
   *
   * @throws IOException if it is another one: one line says what differs
   */
  static RunState resume(Path out, Map<String, String> identity) throws IOException {
    Path folder = out.resolve(FOLDER);
    Path checkpoint = folder.resolve(CHECKPOINT);
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(checkpoint)))) {
      if (in.readInt() != FORMAT) {
        throw new IOException(
            folder + ": is of another version of limpid; delete it to begin again");
      }
      requireSame(folder, readMap(in), identity);
      long entries = in.readLong();
      AppendedFile rows = new AppendedFile(folder.resolve(ROWS), in.readLong());
      AppendedFile rejects = new AppendedFile(folder.resolve(REJECTS), in.readLong());
      return new RunState(folder, identity, entries, rows, rejects, CorpusStatistics.read(in));
    } catch (EOFException e) {
      throw new IOException(checkpoint + ": ends early; delete " + folder + " to begin again", e);
    }
  }

  private static void requireSame(Path folder, Map<String, String> there, Map<String, String> here)
      throws IOException {
    TreeSet<String> names = new TreeSet<>(there.keySet());
    names.addAll(here.keySet());
    for (String name : names) {
      String before = there.getOrDefault(name, "none");
      String now = here.getOrDefault(name, "none");
      if (!before.equals(now)) {
        throw new IOException(
            "--resume: the run in %s is another one: its %s was %s, now it is %s; give the same, or delete that folder"
                .formatted(folder, name, before, now));
      }
    }
  }

  /** Returns where it is, and what is made on the way may be. */
  Path folder() {
    return folder;
  }

  /** Returns how many entries of the input are done. */
  long entries() {
    return entries;
  }

  /** Returns the statistics so far. */
  CorpusStatistics statistics() {
    return statistics;
  }

  /** Adds what became of the next block. */
  void add(Block.Outcome outcome) throws IOException {
    statistics.merge(outcome.statistics());
    rows.write(outcome.rows());
    for (Reject reject : outcome.rejects()) {
      rejects.write(JsonOut.bytes(reject));
    }
    entries += outcome.prompts();
  }

  /** Makes sure that the run could go on from here. */
  void checkpoint() throws IOException {
    long rowsEnd = rows.end();
    long rejectsEnd = rejects.end();
    OutputFile.write(
        folder.resolve(CHECKPOINT),
        stream -> {
          DataOutputStream out = new DataOutputStream(stream);
          out.writeInt(FORMAT);
          write(identity, out);
          out.writeLong(entries);
          out.writeLong(rowsEnd);
          out.writeLong(rejectsEnd);
          statistics.write(out);
          out.flush();
        });
  }

  private static void write(Map<String, String> map, DataOutputStream out) throws IOException {
    out.writeInt(map.size());
    for (Map.Entry<String, String> entry : map.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeUTF(entry.getValue());
    }
  }

  private static Map<String, String> readMap(DataInputStream in) throws IOException {
    Map<String, String> map = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      String key = in.readUTF();
      map.put(key, in.readUTF());
    }
    return map;
  }

  /** Shows all rows so far, in the order of the corpus. */
  void eachRow(CorpusResult.RowVisitor visitor) throws IOException {
    rows.end();
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(rows.path), 1 << 16))) {
      for (long left = statistics.all().samples(); left > 0; left--) {
        visitor.row(SampleRow.read(in));
      }
    }
  }

  /** Returns the file that rejects were written to. */
  Path rejects() throws IOException {
    rejects.end();
    return rejects.path;
  }

  /** Deletes it all, first what a run would go on from. */
  void delete() throws IOException {
    close();
    Files.deleteIfExists(folder.resolve(CHECKPOINT));
    try (Stream<Path> left = Files.list(folder)) {
      for (Path file : left.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(folder);
  }

  @Override
  public void close() throws IOException {
    rows.close();
    rejects.close();
  }

  /** A file that grows; what is behind its known length is cut off first. */
  private static final class AppendedFile implements Closeable {
    private final Path path;
    private final FileChannel channel;
    private final OutputStream out;

    AppendedFile(Path path, long length) throws IOException {
      this.path = path;
      this.channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.size() < length) {
        channel.close();
        throw new IOException(
            path + ": is shorter than it was; delete " + path.getParent() + " to begin again");
      }
      channel.truncate(length);
      channel.position(length);
      this.out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
    }

    void write(byte[] bytes) throws IOException {
      try {
        out.write(bytes);
      } catch (IOException e) {
        throw full(e);
      }
    }

    /** Returns how long it is, with all that was written. */
    long end() throws IOException {
      try {
        out.flush();
        return channel.position();
      } catch (IOException e) {
        throw full(e);
      }
    }

    private IOException full(IOException e) {
      return new IOException(
          "%s: cannot be written: %s; make room, then go on with --resume"
              .formatted(path, e.getMessage()),
          e);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
