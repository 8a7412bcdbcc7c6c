package dev.limpid.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.DemoModel;
import dev.limpid.ModelSource;
import dev.limpid.testdata.TestData;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptFileTest {

  private static List<PromptEntry> read(String content) throws IOException {
    return read(new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<PromptEntry> read(InputStream in) throws IOException {
    List<PromptEntry> entries = new ArrayList<>();
    try (PromptFile file = PromptFile.of(in, "prompts")) {
      for (var entry = file.next(); entry.isPresent(); entry = file.next()) {
        entries.add(entry.get());
      }
    }
    return entries;
  }

  private static String reason(String line) throws IOException {
    return ((PromptEntry.Bad) read(line).getFirst()).reason();
  }

  @Test
  void aLineIsAPromptAndWhatIsAskedAboutIt() throws IOException {
    assertThat(
            read(
                """
                {"text": " A \\n", "answer": " Paris", "distractor": "#7", "position": -2, "x": {}}
                {"tokens": [1, 2, 3], "answer": null}
                """))
        .containsExactly(
            new PromptLine(1, text(" A \n"), " Paris", "#7", -2, null),
            new PromptLine(2, ids(1, 2, 3), null, null, null, null));
  }

  private static PromptLine.Given text(String text) {
    return new PromptLine.Given(text, null);
  }

  private static PromptLine.Given ids(Integer... ids) {
    return new PromptLine.Given(null, List.of(ids));
  }

  @Test
  void aLineMayNameAnotherPromptThatValuesComeFrom() throws IOException {
    assertThat(
            read(
                """
                {"text": "a", "source": "b"}
                {"text": "a", "source_tokens": [7]}
                """))
        .containsExactly(
            new PromptLine(1, text("a"), null, null, null, text("b")),
            new PromptLine(2, text("a"), null, null, null, ids(7)));
    assertThat(reason("{\"text\":\"a\",\"source\":\"b\",\"source_tokens\":[7]}"))
        .isEqualTo("has both 'source' and 'source_tokens'");
  }

  @Test
  void blankLinesCountButSayNothing() throws IOException {
    assertThat(read("\n{\"text\":\"a\"}\r\n \t\n\n{\"text\":\"b\"}"))
        .containsExactly(
            new PromptLine(2, text("a"), null, null, null, null),
            new PromptLine(5, text("b"), null, null, null, null));
    assertThat(read("")).isEmpty();
    assertThat(read("\n\n")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1]|not a JSON object",
        "7|not a JSON object",
        "{}|no prompt: it has neither 'text' nor 'tokens'",
        "{\"text\":\"a\",\"tokens\":[1]}|has both 'text' and 'tokens'",
        "{\"text\":7}|'text' is to be a text, is 7",
        "{\"tokens\":\"1,2\"}|'tokens' is to be a list of ids, is \"1,2\"",
        "{\"tokens\":[1,2.5]}|'tokens' is to be a list of ids, is 2.5",
        "{\"tokens\":[9999999999]}|'tokens' is to be a list of ids, is 9999999999",
        "{\"text\":\"a\",\"position\":\"all\"}|'position' is to be a whole number, is \"all\"",
        "{\"text\":\"a\",\"answer\":[\"b\"]}|'answer' is to be a text, is [\"b\"]",
      })
  void whatIsNoPromptSaysWhyAndTheRestGoesOn(String line, String reason) throws IOException {
    assertThat(reason(line)).isEqualTo(reason);
    assertThat(read(line + "\n{\"text\":\"b\"}")).hasSize(2).last().isInstanceOf(PromptLine.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{", "{\"text\":}", "text", "{\"text\":\"a\"} {\"text\":\"b\"}", "\u0000"})
  void whatIsNoJsonSaysSo(String line) throws IOException {
    assertThat(reason(line)).startsWith("not valid JSON: ").doesNotContain("\n");
  }

  @Test
  void bytesThatAreNoUtf8AreNoPrompt() throws IOException {
    byte[] line = "{\"text\":\"\u00e4\"}".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(read(new ByteArrayInputStream(line)).getFirst()).isInstanceOf(PromptEntry.Bad.class);
  }

  @Test
  void aLineThatNeverEndsIsAnError() {
    InputStream zeros =
        new InputStream() {
          @Override
          public int read() {
            return 'x';
          }

          @Override
          public int read(byte[] bytes, int from, int count) {
            return count;
          }
        };
    assertThatThrownBy(() -> read(zeros))
        .isInstanceOf(IOException.class)
        .hasMessage("prompts: cannot be read: line 1 has more than 64 MiB");
  }

  @Test
  void thePromptsOfTheTestDataCanBeReadAsTheyAre() throws Exception {
    ModelSource model = ModelSource.find("demo-gpt2", DemoModel.settings().locator());
    Path path = TestData.folder().resolve("prompts/ioi.jsonl");
    int prompts = 0;
    try (PromptFile file = PromptFile.open(path)) {
      for (var entry = file.next(); entry.isPresent(); entry = file.next()) {
        PromptLine line = (PromptLine) entry.get();
        assertThat(line.prompt().cut(model, Optional.empty()).nPositions()).isBetween(10, 30);
        assertThat(line.answer()).startsWith(" ");
        prompts++;
      }
      assertThat(file.bytesRead()).isEqualTo(Files.size(path));
    }
    assertThat(prompts).isEqualTo(Files.readAllLines(path).size());
  }

  @Test
  void aFolderIsNoFile() {
    assertThatThrownBy(() -> PromptFile.open(TestData.folder()))
        .hasMessageEndingWith(": is a folder; give a file with one JSON object a line");
  }
}
