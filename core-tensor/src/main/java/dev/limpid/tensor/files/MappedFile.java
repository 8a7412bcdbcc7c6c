package dev.limpid.tensor.files;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;

/**
 * A file mapped read-only, which can be mapped once more later.
 *
 * <p>Pages that were read count as memory of this process until their mapping ends. So what is read
 * once and copied is best read through a mapping of its own.
 *
 * @param path the file
 * @param modified when it was last written to, as of the first mapping
 * @param bytes all of it
 */
public record MappedFile(Path path, FileTime modified, MemorySegment bytes) {

  /**
   * Maps a file.
   *
   * @param arena how long the mapping lives
   */
  public static MappedFile open(Path path, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return of(path, channel, arena);
    }
  }

  /** Maps a file that is open already. */
  public static MappedFile of(Path path, FileChannel channel, Arena arena) throws IOException {
    FileTime modified = Files.getLastModifiedTime(path);
    MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    return new MappedFile(path, modified, bytes);
  }

  /**
   * Maps the same file once more.
   *
   * @throws UnreadableFileException if it is not the same any more
   */
  public MappedFile again(Arena arena) throws IOException {
    MappedFile again = open(path, arena);
    if (again.bytes.byteSize() != bytes.byteSize() || !again.modified.equals(modified)) {
      throw new UnreadableFileException(
          path, "was changed while the model was in use; open the model again");
    }
    return again;
  }
}
