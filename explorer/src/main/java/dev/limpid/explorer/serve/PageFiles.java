package dev.limpid.explorer.serve;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files of the built page, by the path they are asked for with; nothing else is served. */
final class PageFiles {
  private static final String FOLDER = "page/";
  private static final String INDEX = "/index.html";

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "png", "image/png",
          "ico", "image/x-icon",
          "txt", "text/plain; charset=utf-8",
          "json", "application/json");

  private final Map<String, Content> files = new TreeMap<>();

  /** Reads all files of the page. */
  PageFiles() throws IOException {
    for (String name : names()) {
      @Nullable String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
      if (type == null) {
        throw new IOException(name + ": a file of the page of no known kind");
      }
      try (InputStream in = PageFiles.class.getResourceAsStream(FOLDER + name)) {
        byte[] bytes = Objects.requireNonNull(in, name).readAllBytes();
        files.put("/" + name, new Content(type, bytes, java.util.Optional.empty()));
      }
    }
    files.put("/", Objects.requireNonNull(files.get(INDEX), "the page has no index.html"));
  }

  private static List<String> names() throws IOException {
    URL index = Objects.requireNonNull(PageFiles.class.getResource(FOLDER + "index.html"));
    if (index.openConnection() instanceof JarURLConnection jar) {
      String folder =
          jar.getEntryName().substring(0, jar.getEntryName().length() - INDEX.length() + 1);
      return jar.getJarFile().stream()
          .filter(entry -> !entry.isDirectory() && entry.getName().startsWith(folder))
          .map(entry -> entry.getName().substring(folder.length()))
          .sorted()
          .toList();
    }
    Path folder =
        Objects.requireNonNull(Path.of(java.net.URI.create(index.toString())).getParent());
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  /** Returns the paths there are. */
  Map<String, Content> all() {
    return files;
  }

  /** Returns how long a file may be kept: those with a hash in their name for ever. */
  static String kept(String path) {
    return path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
  }
}
