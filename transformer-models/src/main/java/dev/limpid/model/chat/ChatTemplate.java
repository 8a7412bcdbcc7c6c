package dev.limpid.model.chat;

import dev.limpid.model.chat.jinja.Callable;
import dev.limpid.model.chat.jinja.Template;
import dev.limpid.model.chat.jinja.TemplateException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a model writes conversations; the text is that of Hugging Face's {@code apply_chat_template}.
 *
 * @param template the template, parsed
 * @param specials the texts of special tokens by the names that templates know: {@code bos_token}
 */
public record ChatTemplate(Template template, Map<String, String> specials) {

  /** Copies the map. */
  public ChatTemplate {
    specials = Map.copyOf(specials);
  }

  /**
   * Returns what the model is to see.
   *
   * @param messages in order
   * @param assistantNext whether the text ends where the assistant begins to speak
   * @throws TemplateException if the template needs what is not known here, or does not take this
   *     conversation
   */
  public ChatText render(List<ChatMessage> messages, boolean assistantNext) {
    Map<String, Object> values = new LinkedHashMap<>(specials);
    List<Object> all = new ArrayList<>();
    for (ChatMessage message : messages) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("role", message.role());
      one.put("content", message.content());
      all.add(one);
    }
    values.put("messages", all);
    values.put("add_generation_prompt", assistantNext);
    values.put("tools", Template.NONE);
    values.put("documents", Template.NONE);
    values.put("raise_exception", (Callable) given -> raise(given.positional()));
    values.put(
        "strftime_now",
        (Callable)
            given ->
                DateFormat.of(
                    String.valueOf(given.positional().getFirst()),
                    LocalDateTime.now(ZoneId.systemDefault())));
    return ChatText.of(template.render(values), messages);
  }

  private static Object raise(List<Object> words) {
    throw TemplateException.raised(
        words.isEmpty() ? "the template refuses this" : String.valueOf(words.getFirst()));
  }
}
