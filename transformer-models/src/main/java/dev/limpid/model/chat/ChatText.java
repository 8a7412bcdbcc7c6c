package dev.limpid.model.chat;

import java.util.ArrayList;
import java.util.List;

/**
 * What a template makes of a conversation.
 *
 * @param text the prompt, with its special tokens in words
 * @param parts where what was said stands in it, in order
 */
public record ChatText(String text, List<Part> parts) {
  /**
   * What one message says, within the text.
   *
   * @param role who says it
   * @param from its first character
   * @param to behind its last one
   */
  public record Part(String role, int from, int to) {}

  /** Copies the list. */
  public ChatText {
    parts = List.copyOf(parts);
  }

  /** Finds what was said in a text, one message after the other; a template may have trimmed it. */
  static ChatText of(String text, List<ChatMessage> messages) {
    List<Part> parts = new ArrayList<>();
    int from = 0;
    for (ChatMessage message : messages) {
      String content = message.content();
      int at = text.indexOf(content, from);
      if (at < 0) {
        content = content.strip();
        at = text.indexOf(content, from);
      }
      if (at >= 0 && !content.isEmpty()) {
        parts.add(new Part(message.role(), at, at + content.length()));
        from = at + content.length();
      }
    }
    return new ChatText(text, parts);
  }
}
