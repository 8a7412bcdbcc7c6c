package dev.limpid.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
  @TempDir private Path folder;

  private long files() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.count();
    }
  }

  @Test
  void whatTheDiskHasNoRoomForIsRefusedBefore() throws IOException {
    Path target = folder.resolve("large");
    OutputFile.requireRoom(target, 1000);
    assertThatThrownBy(() -> OutputFile.requireRoom(target, Long.MAX_VALUE))
        .isInstanceOf(IOException.class)
        .hasMessageMatching(
            ".*large: would have \\d+ MiB, and its disk has \\d+ MiB left; ask for less, or write"
                + " to another");
    OutputFile.requireRoom(Path.of("/dev/null"), Long.MAX_VALUE);
  }

  @Test
  void replacesAFileAndLeavesNothingBeside() throws IOException {
    Path target = folder.resolve("a.json");
    Files.writeString(target, "old");
    OutputFile.write(target, out -> out.write('n'));
    assertThat(target).hasContent("n");
    assertThat(files()).isEqualTo(1);
  }

  @Test
  void aFailureLeavesWhatWasThere() throws IOException {
    Path target = folder.resolve("a.json");
    Files.writeString(target, "old");
    assertThatThrownBy(() ->
            OutputFile.write(
                target,
                out -> {
                  out.write('n');
                  throw new IOException("no more");
                }))
        .hasMessage("no more");
    assertThat(target).hasContent("old");
    assertThat(files()).isEqualTo(1);
  }

  @Test
  void aLinkStaysALink() throws IOException {
    Path real = folder.resolve("real");
    Files.writeString(real, "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    OutputFile.write(link, out -> out.write('n'));
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(real).hasContent("n");
  }

  @Test
  void devicesAreWrittenTo() throws IOException {
    OutputFile.write(Path.of("/dev/null"), out -> out.write('n'));
    assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
  }

  @Test
  void saysWhatIsInTheWay() {
    assertThatThrownBy(() -> OutputFile.write(folder, out -> out.write('n')))
        .hasMessageContaining(folder + ": is a folder");
    assertThatThrownBy(() -> OutputFile.write(folder.resolve("no/file"), out -> out.write('n')))
        .hasMessageContaining("there is no folder " + folder.resolve("no"));
  }
}
