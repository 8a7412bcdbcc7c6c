package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.UsageFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class PromptOptionTest {
  @TempDir private Path home;

  @Command(name = "probe")
  private static final class Probe {
    @Mixin private final PromptOption prompt = new PromptOption();
  }

  private GivenPrompt read(byte[] input, String... arguments) throws IOException {
    Probe probe = new Probe();
    new CommandLine(probe).setExpandAtFiles(false).parseArgs(arguments);
    Console console =
        new LimpidRun.World(home)
            .input(input)
            .console(new ByteArrayOutputStream(), new ByteArrayOutputStream());
    return probe.prompt.read(console);
  }

  private GivenPrompt read(String... arguments) throws IOException {
    return read(new byte[0], arguments);
  }

  private static GivenPrompt text(String text) {
    return new GivenPrompt.Text(text, Optional.empty());
  }

  @Test
  void textIsTakenVerbatim() throws IOException {
    for (String prompt :
        List.of("", " a ", "a\n", "\"a\"", "'a b'", "@file", "${user.home}", "é😀")) {
      assertThat(read(prompt)).isEqualTo(text(prompt));
    }
    assertThat(read("--", "--tokens")).isEqualTo(text("--tokens"));
  }

  @Test
  void filesAndStandardInputAreTakenVerbatimButForOneNewline() throws IOException {
    Path file = home.resolve("prompt.txt");
    Files.writeString(file, " Zürich\r\n\n");
    assertThat(read("--file", file.toString())).isEqualTo(text(" Zürich\r\n"));
    assertThat(read("--file", file.toString(), "--verbatim")).isEqualTo(text(" Zürich\r\n\n"));
    byte[] piped = " 日本\n".getBytes(StandardCharsets.UTF_8);
    assertThat(read(piped, "-")).isEqualTo(text(" 日本"));
    assertThat(read(piped, "-", "--verbatim")).isEqualTo(text(" 日本\n"));
    assertThat(read("a\n")).isEqualTo(text("a\n"));
  }

  @Test
  void bosIsAskedForOrRefused() throws IOException {
    assertThat(read("--bos", "a")).isEqualTo(new GivenPrompt.Text("a", Optional.of(true)));
    assertThat(read("a", "--no-bos")).isEqualTo(new GivenPrompt.Text("a", Optional.of(false)));
  }

  @Test
  void tokensBypassTheTokenizer() throws IOException {
    assertThat(read("--tokens", "1,2, 3")).isEqualTo(new GivenPrompt.Tokens(List.of(1, 2, 3)));
    assertThat(read("--tokens", "0", "--no-bos")).isEqualTo(new GivenPrompt.Tokens(List.of(0)));
  }

  @Test
  void senselessCombinationsAreWrongUsage() {
    assertUsage("TEXT is missing");
    assertUsage("more than one prompt", "a", "--tokens", "1");
    assertUsage("more than one prompt", "-", "--file", "f");
    assertUsage("not with --tokens", "--tokens", "1", "--bos");
    assertUsage("'x' is none", "--tokens", "1,x");
    assertUsage("'-1' is none", "--tokens", "-1");
    assertUsage("'' is none", "--tokens", "");
    assertUsage("'' is none", "--tokens", "1,");
    assertUsage("none", "--tokens", "4294967295");
  }

  private void assertUsage(String mentions, String... arguments) {
    assertThatThrownBy(() -> read(arguments))
        .isInstanceOf(UsageFailure.class)
        .hasMessageContaining(mentions);
  }

  @Test
  void bytesThatAreNoTextAreAnError() {
    assertThatThrownBy(() -> read(new byte[] {'a', (byte) 0xff}, "-"))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("standard input: not valid UTF-8");
  }
}
