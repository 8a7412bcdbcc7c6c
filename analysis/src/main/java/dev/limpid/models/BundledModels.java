package dev.limpid.models;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.CodeSource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * The small models that come with Limpid.
 *
 * <p>They are resources. Where these lie in a folder, models are used in place; out of a jar they
 * are copied once to the cache, since weights are mapped into memory and need a file.
 */
public final class BundledModels {
  private static final String RESOURCES = "dev/limpid/models/bundled/";

  private final Path source;
  private final Path cache;

  private BundledModels(Path source, Path cache) {
    this.source = source;
    this.cache = cache;
  }

  /**
   * Finds them: in a folder if one is given, else beside this class.
   *
   * @param folder a folder of models that takes the place of the resources
   * @param cache where copies go
   */
  public static BundledModels find(Optional<Path> folder, Path cache) {
    return new BundledModels(folder.filter(Files::isDirectory).orElseGet(() -> source()), cache);
  }

  static BundledModels in(Path jarOrFolder, Path cache) {
    return new BundledModels(jarOrFolder, cache);
  }

  private static Path source() {
    @Nullable CodeSource code = BundledModels.class.getProtectionDomain().getCodeSource();
    if (code == null) {
      throw new IllegalStateException("where the limpid jar lies is not known");
    }
    try {
      Path classes = Path.of(code.getLocation().toURI());
      return Files.isDirectory(classes) ? classes.resolve(RESOURCES) : classes;
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns their names, sorted. */
  public List<String> names() throws IOException {
    if (Files.isDirectory(source) || !Files.exists(source)) {
      return ModelFolder.in(source).stream()
          .filter(ModelFolder::holdsModel)
          .map(path -> path.getFileName().toString())
          .toList();
    }
    try (JarFile jar = new JarFile(source.toFile())) {
      return jar.stream()
          .map(JarEntry::getName)
          .filter(name -> name.startsWith(RESOURCES) && name.endsWith("/" + ModelFolder.CONFIG))
          .map(name -> name.substring(RESOURCES.length(), name.lastIndexOf('/')))
          .sorted()
          .toList();
    }
  }

  /**
   * Returns the folder a model has, or will have once it is copied.
   *
   * @throws IOException if the jar cannot be read
   */
  public Optional<Path> folder(String name) throws IOException {
    if (!names().contains(name)) {
      return Optional.empty();
    }
    if (Files.isDirectory(source)) {
      return Optional.of(source.resolve(name));
    }
    try (JarFile jar = new JarFile(source.toFile())) {
      return Optional.of(copyOf(name, entries(jar, name)));
    }
  }

  /**
   * Returns the folder of a model, after copying it to the cache where that is needed.
   *
   * @throws IOException if the cache cannot be written
   */
  public Optional<Path> find(String name) throws IOException {
    Optional<Path> folder = folder(name);
    if (folder.isEmpty() || Files.isDirectory(source)) {
      return folder;
    }
    try (JarFile jar = new JarFile(source.toFile())) {
      for (JarEntry entry : entries(jar, name)) {
        String file = entry.getName().substring(RESOURCES.length() + name.length() + 1);
        copy(jar, entry, folder.get().resolve(file));
      }
      return folder;
    } catch (IOException e) {
      throw new IOException(
          "bundled model '%s': cannot be copied to %s (%s); set LIMPID_CACHE to a folder that can be written"
              .formatted(name, cache, e),
          e);
    }
  }

  private static List<JarEntry> entries(JarFile jar, String name) {
    String prefix = RESOURCES + name + "/";
    return jar.stream()
        .filter(entry -> entry.getName().startsWith(prefix) && !entry.isDirectory())
        .sorted(Comparator.comparing(JarEntry::getName))
        .toList();
  }

  private Path copyOf(String name, List<JarEntry> entries) {
    return cache.resolve("bundled").resolve(name + "-" + contentHash(entries));
  }

  /** The jar already knows a checksum of every entry, so that nothing has to be unpacked here. */
  private static String contentHash(List<JarEntry> entries) {
    StringBuilder contents = new StringBuilder();
    for (JarEntry entry : entries) {
      contents.append(entry.getName()).append(' ').append(entry.getSize()).append(' ');
      contents.append(entry.getCrc()).append('\n');
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] hash = digest.digest(contents.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Each file appears whole, in one step: two processes may do the same at once. */
  private static void copy(JarFile jar, JarEntry entry, Path target) throws IOException {
    if (Files.isRegularFile(target) && Files.size(target) == entry.getSize()) {
      return;
    }
    Files.createDirectories(target.getParent());
    Path aside = Files.createTempFile(target.getParent(), ".", ".part");
    try {
      try (InputStream content = jar.getInputStream(entry)) {
        Files.copy(content, aside, StandardCopyOption.REPLACE_EXISTING);
      }
      Files.move(
          aside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(aside);
    }
  }
}
