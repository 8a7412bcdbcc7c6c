package dev.limpid.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileHashesTest {
  /** What sha256sum prints for the three letters. */
  private static final String OF_ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

  @TempDir private Path folder;
  private final List<Long> read = new ArrayList<>();
  private Path cache;
  private Path file;

  @BeforeEach
  void writeFile() throws IOException {
    cache = folder.resolve("cache/hashes");
    file = old("abc", "abc");
  }

  private Path old(String name, String content) throws IOException {
    Path path = Files.writeString(folder.resolve(name), content);
    return Files.setLastModifiedTime(path, LONG_AGO);
  }

  private String hash(Path... files) throws IOException {
    read.clear();
    return new FileHashes(cache).sha256(FileStamp.of(List.of(files)), read::add);
  }

  @Test
  void isWhatSha256sumPrints() throws IOException {
    assertThat(hash(file)).isEqualTo(OF_ABC);
    assertThat(read).last().isEqualTo(3L);
    assertThat(hash(old("a", "a"), old("bc", "bc"))).as("one after the other").isEqualTo(OF_ABC);
  }

  @Test
  void isReadOnce() throws IOException {
    hash(file);
    assertThat(hash(file)).isEqualTo(OF_ABC);
    assertThat(read).isEmpty();
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertThat(hash(link)).isEqualTo(OF_ABC);
    assertThat(read).as("the same file by another name").isEmpty();
  }

  @Test
  void anotherContentIsReadAgain() throws IOException {
    hash(file);
    Files.delete(file);
    Path other = old("abc", "abd");
    assertThat(hash(other)).as("same size, same time, another file").isNotEqualTo(OF_ABC);
    Files.writeString(file, "abc");
    Files.setLastModifiedTime(file, FileTime.from(LONG_AGO.toInstant().plusNanos(1_000_000)));
    assertThat(hash(file)).as("same size, another time").isEqualTo(OF_ABC);
  }

  @Test
  void whatWasJustWrittenIsNotRemembered() throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    hash(file);
    assertThat(hash(file)).isEqualTo(OF_ABC);
    assertThat(read).isNotEmpty();
  }

  @Test
  void whatWasChangedSinceIsNoLongerTheFile() throws IOException {
    List<FileStamp> before = FileStamp.of(List.of(file));
    Files.writeString(file, "abcd");
    assertThatThrownBy(() -> new FileHashes(cache).sha256(before, read::add))
        .isInstanceOf(IOException.class)
        .hasMessage(file.toRealPath() + ": was changed while it was in use; run the command again");
  }

  @Test
  void withoutAPlaceToRememberItIsReadEachTime() throws IOException {
    Files.createDirectories(cache.getParent());
    Files.writeString(cache, "no folder");
    hash(file);
    assertThat(hash(file)).isEqualTo(OF_ABC);
    assertThat(read).isNotEmpty();
  }

  @Test
  void whatIsRememberedIsReplacedNotGathered() throws IOException {
    hash(file);
    Files.setLastModifiedTime(file, FileTime.from(LONG_AGO.toInstant().plusSeconds(1)));
    hash(file);
    try (Stream<Path> remembered = Files.list(cache)) {
      assertThat(remembered).hasSize(1);
    }
  }
}
