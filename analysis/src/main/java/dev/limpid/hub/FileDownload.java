package dev.limpid.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings one file here: goes on where an earlier attempt ended, tries again when the connection
 * breaks, checks the content, and gives the file its name only then.
 */
final class FileDownload {
  private static final int CHUNK = 1 << 16;

  private final HubClient client;
  private final HubSettings settings;
  private final PullListener listener;

  FileDownload(HubClient client, HubSettings settings, PullListener listener) {
    this.client = client;
    this.settings = settings;
    this.listener = listener;
  }

  /**
   * Downloads a file, unless it is there already with the right content.
   *
   * @return whether anything was downloaded
   */
  boolean fetch(String model, RemoteFile file, Path target) throws IOException {
    if (isThere(file, target)) {
      return false;
    }
    Path part = target.resolveSibling(file.name() + ".part");
    try (FileChannel channel =
            FileChannel.open(
                part,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        FileLock lock = lock(channel, part)) {
      if (!lock.isValid()) {
        throw new IOException(part + ": cannot be locked");
      }
      fill(model, file, channel);
    } catch (DamagedContentException e) {
      Files.deleteIfExists(part);
      throw e;
    }
    Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    return true;
  }

  private void fill(String model, RemoteFile file, FileChannel part) throws IOException {
    boolean resumed = part.size() > 0;
    receive(model, file, part);
    if (isRight(file, part)) {
      return;
    }
    if (resumed) {
      // What lay here was of another version, perhaps; only a whole download tells.
      listener.warning(file.name() + ": the part that was here does not fit, starting again");
      part.truncate(0);
      receive(model, file, part);
      if (isRight(file, part)) {
        return;
      }
    }
    throw new DamagedContentException(
        "%s: arrived damaged (its hash is not the one the hub announces) and was deleted; try again"
            .formatted(file.name()));
  }

  private static FileLock lock(FileChannel channel, Path part) throws IOException {
    try {
      @Nullable FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
    } catch (OverlappingFileLockException e) {
      // Told below.
    }
    throw new IOException(part + ": another process is downloading it; wait for that one");
  }

  /** Receives all that is missing, over as many connections as it takes. */
  private void receive(String model, RemoteFile file, FileChannel part) throws IOException {
    Attempts attempts = new Attempts(settings);
    boolean isDone = false;
    while (!isDone) {
      long before = part.size();
      try {
        receiveOnce(model, file, part);
        isDone = true;
      } catch (HubException e) {
        throw e;
      } catch (IOException e) {
        if (part.size() > before) {
          attempts.reset();
        }
        if (!attempts.pauseAfterFailure()) {
          throw new IOException(
              "%s: the download broke off after %d bytes: %s; the same command goes on from there"
                  .formatted(file.name(), part.size(), e.getMessage()),
              e);
        }
      }
    }
  }

  private void receiveOnce(String model, RemoteFile file, FileChannel part) throws IOException {
    if (file.size().isPresent()) {
      long size = file.size().getAsLong();
      if (part.size() > size) {
        part.truncate(0);
      }
      if (part.size() == size && size > 0) {
        return;
      }
    }
    HttpResponse<InputStream> response = client.open(model, file.name(), part.size());
    if (response.statusCode() == 416) {
      response.body().close();
      // There is nothing after what is here: it is whole, or of another version.
      return;
    }
    if (response.statusCode() != 206) {
      part.truncate(0);
    }
    long have = part.size();
    long length = response.headers().firstValueAsLong("content-length").orElse(-1);
    long total = file.size().orElse(length < 0 ? -1 : have + length);
    part.position(have);
    copy(file, response.body(), part, total);
    if (total >= 0 && part.size() != total) {
      throw new IOException("got %d bytes of %d".formatted(part.size(), total));
    }
  }

  private void copy(RemoteFile file, InputStream body, FileChannel part, long total)
      throws IOException {
    byte[] chunk = new byte[CHUNK];
    try (body;
        StallGuard guard = new StallGuard(body, settings.patience())) {
      try {
        for (int count = body.read(chunk); count >= 0; count = body.read(chunk)) {
          guard.alive();
          ByteBuffer buffer = ByteBuffer.wrap(chunk, 0, count);
          while (buffer.hasRemaining()) {
            part.write(buffer);
          }
          listener.progress(file.name(), part.position(), total);
        }
      } catch (IOException e) {
        throw guard.hasStalled()
            ? new IOException("nothing came for " + settings.patience().toSeconds() + " s", e)
            : e;
      }
    }
  }

  private static boolean isThere(RemoteFile file, Path target) throws IOException {
    if (!Files.isRegularFile(target) || file.checksum().isEmpty()) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(target, StandardOpenOption.READ)) {
      return isRight(file, channel);
    }
  }

  private static boolean isRight(RemoteFile file, FileChannel content) throws IOException {
    long size = content.size();
    if (file.size().isPresent() && file.size().getAsLong() != size) {
      return false;
    }
    Optional<Checksum> checksum = file.checksum();
    if (checksum.isEmpty()) {
      return true;
    }
    MessageDigest digest = checksum.get().start(size);
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
    for (long at = 0; at < size; ) {
      int count = content.read(buffer.clear(), at);
      if (count < 0) {
        return false;
      }
      digest.update(buffer.flip());
      at += count;
    }
    return checksum.get().matches(digest);
  }
}
