package dev.limpid;

import dev.limpid.model.chat.ChatText;
import dev.limpid.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which token of a conversation is said by whom. */
final class ChatRoles {
  private ChatRoles() {}

  /**
   * Returns a role for each token; null for the marks around what is said.
   *
   * @param ids of the whole text
   */
  static List<@Nullable String> of(ChatText chat, List<Integer> ids, Tokenizer tokenizer) {
    List<@Nullable String> roles = new ArrayList<>();
    // A tokenizer may put a blank in front; what it decodes is then longer by that.
    String decoded = tokenizer.decode(ids);
    int shift = decoded.length() - chat.text().length();
    boolean known = shift >= 0 && decoded.endsWith(chat.text());
    int from = 0;
    for (int t = 1; t <= ids.size(); t++) {
      int to = known ? Math.max(from, tokenizer.decode(ids.subList(0, t)).length() - shift) : from;
      roles.add(known ? role(chat, from, to) : null);
      from = to;
    }
    return roles;
  }

  private static @Nullable String role(ChatText chat, int from, int to) {
    return chat.parts().stream()
        .filter(part -> from < part.to() && to > part.from())
        .map(ChatText.Part::role)
        .findFirst()
        .orElse(null);
  }
}
