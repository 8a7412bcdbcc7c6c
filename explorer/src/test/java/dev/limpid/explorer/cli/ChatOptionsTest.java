package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.explorer.process.ExitCode;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A conversation on the command line becomes what the model's chat template makes of it. */
class ChatOptionsTest {
  private static final String TEMPLATE =
      "{{ bos_token }}{% for m in messages %}{% if m.role == 'tool' %}"
          + "{{ raise_exception('No tools here.') }}{% endif %}"
          + "{{ m.role }} says {{ m.content }} . {% endfor %}"
          + "{% if add_generation_prompt %}assistant says{% endif %}";

  @TempDir private Path home;
  private Path model;

  /** A bundled model, which knows no conversations, with a template beside it. */
  @BeforeEach
  void copyModel() throws IOException {
    model = Files.createDirectories(home.resolve("model"));
    try (Stream<Path> files = Files.list(TestData.folder().resolve("models/demo-gpt2"))) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    Files.writeString(model.resolve("chat_template.jinja"), TEMPLATE);
  }

  private LimpidRun run(String... words) {
    return new LimpidRun.World(home).run(words);
  }

  private List<String> rolesAndTexts(String... words) {
    LimpidRun run = run(words);
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.DONE);
    JsonNode tokens = JsonMapper.shared().readTree(run.out()).path("tokens");
    return tokens
        .valueStream()
        .map(t -> t.path("role").asString("-") + ":" + t.path("text").asString())
        .toList();
  }

  @Test
  void theTemplateWritesThePromptAndEveryTokenKnowsWhoSaysIt() {
    List<String> tokens =
        rolesAndTexts("tokens", "--model", "" + model, "--chat", "The capital of France", "--json");
    assertThat(tokens).contains("user:The", "user: capital", "user: of", "user: France");
    assertThat(String.join("", tokens).replaceAll("(-|user):", ""))
        .isEqualTo("<|endoftext|>user says The capital of France . assistant says");
    assertThat(tokens.getLast()).startsWith("-:");
  }

  @Test
  void aSystemAndAConversationInAFileAreTaken() throws IOException {
    List<String> one =
        rolesAndTexts(
            "tokens", "--model", "" + model, "--chat", "--system", "Be kind", "Hi", "--json");
    Path file = home.resolve("talk.json");
    Files.writeString(
        file,
        """
        [{"role": "system", "content": "Be kind"}, {"role": "user", "content": "Hi"}]
        """);
    assertThat(rolesAndTexts("tokens", "--model", "" + model, "--messages", "" + file, "--json"))
        .isEqualTo(one)
        .anyMatch(token -> token.startsWith("system:"))
        .anyMatch(token -> token.startsWith("user:"));
  }

  @Test
  void thePictureSaysWhoSpeaks() throws IOException {
    LimpidRun run = run("explain", "--model", "" + model, "--chat", "The capital of France");
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.DONE);
    assertThat(run.out()).containsPattern("(?m)^  said by +user$");
    Path page = home.resolve("page.html");
    run("explain", "--model", "" + model, "--chat", "The capital", "--html", "" + page);
    assertThat(Files.readString(page)).contains(">user:<");
    LimpidRun plain = run("explain", "--model", "" + model, "The capital of France");
    assertThat(plain.out()).doesNotContain("said by");
  }

  private void fails(int code, String words, String... command) {
    LimpidRun run = run(command);
    assertThat(run.code()).isEqualTo(code);
    assertThat(run.err()).contains(words);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void whatCannotBeIsSaid() throws IOException {
    Path file = home.resolve("talk.json");
    Files.writeString(file, "[{\"role\": \"tool\", \"content\": \"x\"}]");
    String m = "" + model;
    fails(1, "chat template, No tools here.", "tokens", "--model", m, "--messages", "" + file);
    Files.writeString(file, "{\"role\": 1}");
    fails(1, "should be a JSON list of messages", "tokens", "--model", m, "--messages", "" + file);
    Files.writeString(file, "[");
    fails(1, "not valid JSON", "tokens", "--model", m, "--messages", "" + file);
    fails(2, "--system: only together with --chat", "tokens", "--model", m, "--system", "a", "b");
    fails(2, "--chat: not with --tokens", "tokens", "--model", m, "--chat", "--tokens", "1");
    fails(2, "says itself where a BOS stands", "tokens", "--model", m, "--chat", "--bos", "a");
    Files.writeString(model.resolve("chat_template.jinja"), "{{ 'a' | wordwrap }}");
    fails(
        1,
        "chat template, line 1: the filter 'wordwrap' is not supported",
        "tokens",
        "--model",
        m,
        "--chat",
        "a");
    Files.delete(model.resolve("chat_template.jinja"));
    fails(1, "no chat template here", "tokens", "--model", m, "--chat", "a");
  }
}
