package dev.limpid.model.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.limpid.model.chat.jinja.Template;
import dev.limpid.model.chat.jinja.TemplateException;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Templates in the formats of published models against Hugging Face's {@code apply_chat_template}.
 */
class ChatTemplateGoldenTest {
  static Stream<Arguments> templates() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(TestData.folder().resolve("goldens/chat.jsonl"))) {
      lines.add(JsonMapper.shared().readTree(line));
    }
    assertThat(lines).hasSizeGreaterThanOrEqualTo(20);
    return lines.stream().map(line -> Arguments.of(line.path("name").asString(), line));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("templates")
  void everyConversationIsWrittenAlike(String name, JsonNode line) {
    ChatTemplate template =
        new ChatTemplate(
            Template.of(line.path("template").asString()),
            Map.of(
                "bos_token",
                line.path("bos_token").asString(),
                "eos_token",
                line.path("eos_token").asString()));
    assertThat(line.path("cases")).isNotEmpty();
    for (JsonNode one : line.path("cases")) {
      List<ChatMessage> messages = new ArrayList<>();
      for (JsonNode message : one.path("messages")) {
        messages.add(
            new ChatMessage(message.path("role").asString(), message.path("content").asString()));
      }
      boolean next = one.path("add_generation_prompt").asBoolean();
      if (one.has("error")) {
        assertThatExceptionOfType(TemplateException.class)
            .as("%s %s", name, messages)
            .isThrownBy(() -> template.render(messages, next))
            .withMessage(one.path("error").asString());
      } else {
        ChatText text = template.render(messages, next);
        assertThat(text.text()).as("%s %s", name, messages).isEqualTo(one.path("text").asString());
        for (ChatText.Part part : text.parts()) {
          assertThat(messages)
              .anyMatch(message ->
                  message.role().equals(part.role())
                      && message.content().contains(text.text().substring(part.from(), part.to())));
        }
      }
    }
  }
}
