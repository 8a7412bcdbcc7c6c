package dev.limpid.explorer.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts that Java changed before anybody could see them. */
class ArgumentBytesTest {
  @TempDir Path folder;

  private boolean areBroken(String argument, byte[] bytes) throws IOException {
    Path commandLine = Files.write(folder.resolve("cmdline"), bytes);
    return ArgumentBytes.areBroken(List.of("tokens", argument), commandLine);
  }

  @Test
  void aTextThatWasNotUtf8IsFound() throws IOException {
    byte[] latin1 = "java\0tokens\0café\0".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(areBroken("caf\uFFFD", latin1)).isTrue();
  }

  @Test
  void aReplacementCharacterMayBeMeant() throws IOException {
    byte[] utf8 = "java\0tokens\0a\uFFFDb\0".getBytes(StandardCharsets.UTF_8);
    assertThat(areBroken("a\uFFFDb", utf8)).isFalse();
    assertThat(ArgumentBytes.areBroken(List.of("a\uFFFDb"), folder.resolve("none"))).isFalse();
  }

  @Test
  void otherTextsAreNotLookedAt() throws IOException {
    assertThat(areBroken("café", new byte[] {(byte) 0xE9})).isFalse();
  }
}
