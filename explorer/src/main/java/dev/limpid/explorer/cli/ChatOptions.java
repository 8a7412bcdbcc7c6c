package dev.limpid.explorer.cli;

import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.input.InputFile;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.model.chat.ChatMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code --chat}, {@code --system}, {@code --messages}: a prompt by the model's chat template. */
@OptionGroup(Heading.PROMPT)
final class ChatOptions {
  @Option(
      names = "--chat",
      description =
          "TEXT is what the user says; the prompt is what the model's chat template makes of it.")
  private boolean chat;

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "With --chat: what the system says first.")
  private @Nullable String system;

  @Option(
      names = "--messages",
      paramLabel = "FILE",
      description =
          "A conversation in place of a text: a JSON list of objects with \"role\" and"
              + " \"content\".")
  private @Nullable Path messages;

  boolean isGiven() {
    return chat;
  }

  boolean hasMessages() {
    return messages != null;
  }

  /** Checks the command line. */
  void requireUsable(boolean tokens, boolean bos) {
    if (system != null && !chat) {
      throw new UsageFailure("--system: only together with --chat");
    }
    if (chat && messages != null) {
      throw new UsageFailure("--chat and --messages exclude one another");
    }
    if (chat && tokens) {
      throw new UsageFailure("--chat: not with --tokens, which are complete as they are");
    }
    if ((chat || messages != null) && bos) {
      throw new UsageFailure("--bos, --no-bos: a chat template says itself where a BOS stands");
    }
  }

  /** Returns the conversation in which the user says a text. */
  GivenPrompt said(String text) {
    List<ChatMessage> all = new ArrayList<>();
    if (system != null) {
      all.add(new ChatMessage("system", system));
    }
    all.add(new ChatMessage("user", text));
    return new GivenPrompt.Chat(all);
  }

  /** Reads the conversation of the file. */
  GivenPrompt messages() throws IOException {
    Path file = Objects.requireNonNull(messages);
    try {
      JsonNode list = JsonMapper.shared().readTree(InputFile.read(file));
      List<ChatMessage> all = new ArrayList<>();
      for (JsonNode item : list) {
        if (!item.path("role").isString() || !item.path("content").isString()) {
          throw notMessages(file);
        }
        all.add(
            new ChatMessage(item.path("role").stringValue(), item.path("content").stringValue()));
      }
      if (!list.isArray() || all.isEmpty()) {
        throw notMessages(file);
      }
      return new GivenPrompt.Chat(all);
    } catch (JacksonException e) {
      throw new IOException(file + ": not valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static IOException notMessages(Path file) {
    return new IOException(
        file + ": should be a JSON list of messages, each with \"role\" and \"content\" as texts");
  }
}
