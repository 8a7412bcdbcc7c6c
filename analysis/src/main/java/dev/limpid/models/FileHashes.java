package dev.limpid.models;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/**
 * The SHA-256 of files, each computed once: a folder remembers them for as long as all that a
 * {@link FileStamp} says of the files stays as it was.
 *
 * @param folder where they are remembered; without it, or where it cannot be written, files are
 *     read each time
 */
public record FileHashes(Path folder) {
  /** Who writes again so soon may leave the same time behind. */
  private static final Duration SETTLED = Duration.ofSeconds(2);

  private static final int HEX = 64;

  /**
   * Returns the digest of files one after the other: of a single one, what sha256sum prints.
   *
   * @param files as they were when their content was used
   * @param read hears of the bytes read so far, if any have to be
   * @throws IOException if one cannot be read, or is not what it was
   */
  public String sha256(List<FileStamp> files, LongConsumer read) throws IOException {
    Instant now = Instant.now();
    for (FileStamp file : files) {
      file.requireUnchanged();
    }
    Optional<String> known = remembered(files);
    if (known.isPresent()) {
      return known.get();
    }
    String hash = digest(files, read);
    for (FileStamp file : files) {
      file.requireUnchanged();
    }
    if (files.stream().allMatch(f -> f.modified().toInstant().isBefore(now.minus(SETTLED)))) {
      remember(files, hash);
    }
    return hash;
  }

  private static String digest(List<FileStamp> files, LongConsumer read) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[1 << 18];
    long done = 0;
    for (FileStamp file : files) {
      try (InputStream in = Files.newInputStream(file.path())) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          digest.update(buffer, 0, n);
          done += n;
          read.accept(done);
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  private Optional<String> remembered(List<FileStamp> files) {
    try {
      String text = Files.readString(place(files));
      boolean isOfThese = text.length() > HEX && text.substring(HEX).equals(lines(files));
      return isOfThese ? Optional.of(text.substring(0, HEX)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // nobody asked before
    }
  }

  private void remember(List<FileStamp> files, String hash) {
    try {
      Files.createDirectories(folder);
      Path aside = Files.createTempFile(folder, ".", ".part");
      try {
        Files.writeString(aside, hash + lines(files));
        Files.move(
            aside,
            place(files),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(aside);
      }
    } catch (IOException e) {
      // It costs time the next time, nothing else.
    }
  }

  /** One place for the same paths, so that a new version takes that of the old one. */
  private Path place(List<FileStamp> files) {
    String paths = files.stream().map(f -> f.path() + "\n").collect(Collectors.joining());
    byte[] name = sha256().digest(paths.getBytes(StandardCharsets.UTF_8));
    return folder.resolve(HexFormat.of().formatHex(name, 0, 16));
  }

  private static String lines(List<FileStamp> files) {
    return files.stream().map(f -> "\n" + f).collect(Collectors.joining());
  }
}
