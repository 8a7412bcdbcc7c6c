package dev.limpid.hub;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * What the content of a file must hash to.
 *
 * @param kind how it is hashed
 * @param hex the hash, in small letters
 */
record Checksum(Kind kind, String hex) {
  /** How the hub hashes files. */
  enum Kind {
    /** Large files: their SHA-256. */
    SHA256("SHA-256"),
    /** Small files: SHA-1 with git's header in front of the content. */
    GIT_BLOB("SHA-1");

    private final String algorithm;

    Kind(String algorithm) {
      this.algorithm = algorithm;
    }
  }

  /** Reads it from an ETag, which is a hash by its length, or none. */
  static Optional<Checksum> ofTag(String tag, boolean gitBlobs) {
    String hex = tag.replaceFirst("^W/", "").replace("\"", "").toLowerCase(Locale.ROOT);
    if (hex.matches("[0-9a-f]{64}")) {
      return Optional.of(new Checksum(Kind.SHA256, hex));
    }
    return gitBlobs && hex.matches("[0-9a-f]{40}")
        ? Optional.of(new Checksum(Kind.GIT_BLOB, hex))
        : Optional.empty();
  }

  /** Returns a digest that has seen what comes before the content, of that many bytes. */
  MessageDigest start(long size) {
    try {
      MessageDigest digest = MessageDigest.getInstance(kind.algorithm);
      if (kind == Kind.GIT_BLOB) {
        digest.update(("blob " + size + "\0").getBytes(StandardCharsets.US_ASCII));
      }
      return digest;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns whether a digest that has seen the content gives this hash; ends the digest. */
  boolean matches(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest()).equals(hex);
  }
}
