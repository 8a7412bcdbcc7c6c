package dev.limpid.backend.opencl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Compiled programs in a folder, each in a file named after all that it depends on: a hash of its
 * bytes, and the bytes. What is damaged or cannot be read is not there; what cannot be written is
 * compiled again the next time.
 *
 * @param folder empty for none
 */
record ProgramCache(Optional<Path> folder) {
  private static final int HASH = 32;

  /** Returns that of the user, where the command has its own. */
  static ProgramCache ofUser() {
    return ofUser(
        System.getenv(),
        System.getProperty("os.name"),
        Path.of(System.getProperty("user.home", ".")));
  }

  static ProgramCache ofUser(Map<String, String> variables, String system, Path home) {
    String name = system.toLowerCase(Locale.ROOT);
    String limpid = variables.getOrDefault("LIMPID_CACHE", "");
    String xdg = variables.getOrDefault("XDG_CACHE_HOME", "");
    String local = variables.getOrDefault("LOCALAPPDATA", "");
    Path folder;
    if (!limpid.isEmpty()) {
      folder = Path.of(limpid);
    } else if (name.startsWith("mac")) {
      folder = home.resolve("Library/Caches/limpid");
    } else if (name.startsWith("windows")) {
      folder = (local.isEmpty() ? home.resolve("AppData/Local") : Path.of(local)).resolve("limpid");
    } else {
      folder = (xdg.isEmpty() ? home.resolve(".cache") : Path.of(xdg)).resolve("limpid");
    }
    return new ProgramCache(Optional.of(folder.resolve(OpenClBackend.NAME)));
  }

  /**
   * Returns what was stored.
   *
   * @param key all that it depends on
   */
  Optional<byte[]> get(String key) {
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    try {
      byte[] stored = Files.readAllBytes(file(folder.get(), key));
      byte[] binary = Arrays.copyOfRange(stored, Math.min(HASH, stored.length), stored.length);
      byte[] hash = Arrays.copyOf(stored, HASH);
      return binary.length > 0 && Arrays.equals(hash, hash(binary))
          ? Optional.of(binary)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Stores a program for later. */
  void put(String key, byte[] binary) {
    if (folder.isEmpty()) {
      return;
    }
    try {
      Files.createDirectories(folder.get());
      Path written = Files.createTempFile(folder.get(), "program", ".part");
      byte[] stored = Arrays.copyOf(hash(binary), HASH + binary.length);
      System.arraycopy(binary, 0, stored, HASH, binary.length);
      Files.write(written, stored);
      Files.move(written, file(folder.get(), key), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      // Compiled again the next time.
    }
  }

  private static Path file(Path folder, String key) {
    String name = HexFormat.of().formatHex(hash(key.getBytes(StandardCharsets.UTF_8)));
    return folder.resolve(name.substring(0, 32) + ".program");
  }

  private static byte[] hash(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
