package dev.limpid.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;

/**
 * What tells, without reading a file, that it is still the one it was.
 *
 * @param path without links
 * @param bytes its size
 * @param modified when it was last written
 * @param key its number in its file system; "null" where files have none
 * @param changed when the file system last noted a change of any kind, which no program can set;
 *     "unknown" where it does not tell
 */
public record FileStamp(Path path, long bytes, FileTime modified, String key, String changed) {

  /** Looks at a file. */
  public static FileStamp of(Path file) throws IOException {
    Path real = file.toRealPath();
    BasicFileAttributes now = Files.readAttributes(real, BasicFileAttributes.class);
    return new FileStamp(
        real, now.size(), now.lastModifiedTime(), String.valueOf(now.fileKey()), changed(real));
  }

  private static String changed(Path real) throws IOException {
    return real.getFileSystem().supportedFileAttributeViews().contains("unix")
        ? String.valueOf(Files.getAttribute(real, "unix:ctime"))
        : "unknown";
  }

  /** Looks at files. */
  public static List<FileStamp> of(List<Path> files) throws IOException {
    List<FileStamp> stamps = new ArrayList<>();
    for (Path file : files) {
      stamps.add(of(file));
    }
    return List.copyOf(stamps);
  }

  /**
   * Checks that nobody wrote to the file since; it may have got another name or owner.
   *
   * @throws IOException with one line that names it, if somebody did
   */
  void requireUnchanged() throws IOException {
    FileStamp now = of(path);
    if (now.bytes != bytes || !now.modified.equals(modified) || !now.key.equals(key)) {
      throw new IOException(path + ": was changed while it was in use; run the command again");
    }
  }
}
