package dev.limpid.explorer.cli;

import dev.limpid.model.Provenance;
import dev.limpid.model.tokenizer.LoadedTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The metadata of the safetensors files we write: enough to make them again. */
final class FileMetadata {
  private FileMetadata() {}

  static Map<String, String> of(PromptRun run) throws IOException {
    Provenance provenance = run.model().provenance();
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("model", run.prompt().location().name());
    metadata.put("model_sha256", sha256(run.prompt().files().weightFiles()));
    Optional<Path> tokenizer = run.prompt().tokenizer().map(LoadedTokenizer::source);
    metadata.put(
        "tokenizer",
        tokenizer.isPresent()
            ? tokenizer.get().getFileName() + " sha256:" + sha256(List.of(tokenizer.get()))
            : "none");
    metadata.put("backend", provenance.backend());
    metadata.put("limpid_version", Version.limpid());
    metadata.put("jdk", provenance.jdk());
    return metadata;
  }

  /** The digest of the files one after the other: of a single file, what sha256sum prints. */
  private static String sha256(List<Path> files) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (Path file : files) {
        try (InputStream in = Files.newInputStream(file)) {
          for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            digest.update(buffer, 0, n);
          }
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
