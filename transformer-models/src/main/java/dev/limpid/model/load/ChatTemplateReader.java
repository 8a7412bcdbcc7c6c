package dev.limpid.model.load;

import dev.limpid.model.chat.ChatTemplate;
import dev.limpid.model.chat.jinja.Template;
import dev.limpid.model.chat.jinja.TemplateException;
import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.load.families.ConfigJson;
import dev.limpid.model.tokenizer.LoadedTokenizer;
import dev.limpid.tensor.files.ModelFile;
import dev.limpid.tensor.gguf.GgufFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the chat template of a model: a file of its own, or a key of tokenizer_config.json. */
final class ChatTemplateReader {
  private static final String CONFIG = "tokenizer_config.json";
  private static final String KEY = "chat_template";
  private static final List<String> SPECIALS =
      List.of("bos_token", "eos_token", "unk_token", "pad_token");

  private ChatTemplateReader() {}

  /** Reads that of a folder; empty where it has none. */
  static Optional<ChatTemplate> read(Path folder) throws IOException {
    Path path = folder.resolve(CONFIG);
    Path file = folder.resolve("chat_template.jinja");
    Map<String, String> specials = new LinkedHashMap<>();
    Optional<String> template = Optional.empty();
    if (Files.exists(path)) {
      ConfigJson config = ConfigJson.read(path);
      for (String name : SPECIALS) {
        text(config, name).ifPresent(text -> specials.put(name, text));
      }
      template = template(config);
    }
    if (Files.exists(file)) {
      return Optional.of(parsed(file, utf8(file), specials));
    }
    return template.isPresent()
        ? Optional.of(parsed(path, template.get(), specials))
        : Optional.empty();
  }

  private static String utf8(Path file) throws IOException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(ModelFile.read(file)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new ModelConfigException(file, "is not UTF-8");
    }
  }

  /** Reads that of a GGUF file; empty where it has none. */
  static Optional<ChatTemplate> read(GgufFile file, Optional<LoadedTokenizer> tokenizer)
      throws IOException {
    Optional<String> template = file.metadata().string("tokenizer.chat_template");
    if (template.isEmpty() || tokenizer.isEmpty()) {
      return Optional.empty();
    }
    LoadedTokenizer known = tokenizer.get();
    Map<String, String> specials = new LinkedHashMap<>();
    known
        .specialTokens()
        .bos()
        .ifPresent(id -> specials.put("bos_token", known.tokenizer().piece(id)));
    known.specialTokens().eos().stream()
        .findFirst()
        .ifPresent(id -> specials.put("eos_token", known.tokenizer().piece(id)));
    return Optional.of(parsed(file.path(), template.get(), specials));
  }

  private static Optional<String> template(ConfigJson config) throws ModelConfigException {
    if (!config.isList(KEY)) {
      return config.has(KEY) ? Optional.of(config.string(KEY, "")) : Optional.empty();
    }
    for (ConfigJson named : config.objects(KEY)) {
      if (named.string("name", "").equals("default")) {
        return Optional.of(named.string("template", ""));
      }
    }
    throw config.invalid("chat_template has several templates, and none of them is the default");
  }

  private static Optional<String> text(ConfigJson config, String name) throws ModelConfigException {
    if (!config.has(name)) {
      return Optional.empty();
    }
    return Optional.of(
        config.isObject(name)
            ? config.object(name).string("content", "")
            : config.string(name, ""));
  }

  private static ChatTemplate parsed(Path path, String text, Map<String, String> specials)
      throws ModelConfigException {
    try {
      return new ChatTemplate(Template.of(text), specials);
    } catch (TemplateException e) {
      throw new ModelConfigException(path, "chat template, " + e.getMessage());
    }
  }
}
