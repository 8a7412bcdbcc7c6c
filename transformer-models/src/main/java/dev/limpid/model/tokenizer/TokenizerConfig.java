package dev.limpid.model.tokenizer;

import dev.limpid.tensor.files.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * What {@code tokenizer_config.json} says, and where it is silent the older {@code
 * special_tokens_map.json} and {@code added_tokens.json}. Any of them may be missing.
 */
record TokenizerConfig(StepNode config, StepNode specialTokensMap, StepNode addedTokensFile) {
  /** The fields that name special tokens. */
  private static final List<String> ROLES =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  private static final Pattern ID = Pattern.compile("[0-9]{1,9}");

  private static final JsonMapper JSON = new JsonMapper();

  static TokenizerConfig read(Path folder) throws IOException {
    return new TokenizerConfig(
        readObject(folder.resolve("tokenizer_config.json")),
        readObject(folder.resolve("special_tokens_map.json")),
        readObject(folder.resolve("added_tokens.json")));
  }

  private static StepNode readObject(Path path) throws IOException {
    if (!Files.exists(path)) {
      return new StepNode(path, "", MissingNode.getInstance());
    }
    try {
      StepNode object = new StepNode(path, "", JSON.readTree(ModelFile.readJson(path)));
      if (!object.node().isObject()) {
        throw object.malformed("not a JSON object");
      }
      return object;
    } catch (JacksonException e) {
      throw TokenizerJson.noJson(path, e);
    }
  }

  /** Returns this, or where nothing is said what holds for GPT-2, whose own files name no token. */
  TokenizerConfig orGpt2() {
    if (!config.isMissing() || !specialTokensMap.isMissing()) {
      return this;
    }
    JsonNode gpt2 =
        JSON.createObjectNode().put("bos_token", "<|endoftext|>").put("eos_token", "<|endoftext|>");
    return new TokenizerConfig(
        new StepNode(config.path(), "", gpt2), specialTokensMap, addedTokensFile);
  }

  boolean flag(String field, boolean otherwise) throws MalformedTokenizerException {
    return config.bool(field, otherwise);
  }

  /** Returns whether a text gets a blank in front, if that is said. */
  Optional<Boolean> prefixSpace() throws MalformedTokenizerException {
    return config.at("add_prefix_space").isMissing()
        ? Optional.empty()
        : Optional.of(config.bool("add_prefix_space"));
  }

  /** Returns the token of a role such as {@code bos_token}, as text. */
  Optional<String> token(String role) throws IOException {
    return addedToken(role).map(AddedToken::content);
  }

  /** Returns the added tokens, in the order of their ids where stated, then the special ones. */
  List<AddedToken> addedTokens() throws IOException {
    Map<String, AddedToken> tokens = new LinkedHashMap<>();
    for (AddedToken token : numbered()) {
      tokens.put(token.content(), token);
    }
    for (String role : ROLES) {
      addedToken(role).ifPresent(token -> tokens.putIfAbsent(token.content(), token));
    }
    for (StepNode additional : additional()) {
      AddedToken token = read(additional);
      tokens.putIfAbsent(token.content(), token);
    }
    return new ArrayList<>(tokens.values());
  }

  private List<AddedToken> numbered() throws IOException {
    SortedMap<Integer, AddedToken> byId = new TreeMap<>();
    StepNode file = addedTokensFile;
    for (Map.Entry<String, JsonNode> entry : file.node().properties()) {
      int id = file.natural(entry.getKey());
      byId.put(id, AddedToken.plain(entry.getKey()).withId(id));
    }
    StepNode decoder = config.at("added_tokens_decoder");
    for (Map.Entry<String, JsonNode> entry : decoder.node().properties()) {
      if (!ID.matcher(entry.getKey()).matches()) {
        throw decoder.malformed("has '" + entry.getKey() + "' where an id should be");
      }
      int id = Integer.parseInt(entry.getKey());
      byId.put(id, read(decoder.at(entry.getKey())).withId(id));
    }
    return List.copyOf(byId.values());
  }

  private List<StepNode> additional() throws MalformedTokenizerException {
    StepNode named = config.at("additional_special_tokens");
    return named.isMissing()
        ? specialTokensMap.at("additional_special_tokens").items()
        : named.items();
  }

  private Optional<AddedToken> addedToken(String role) throws IOException {
    StepNode token = config.at(role).isMissing() ? specialTokensMap.at(role) : config.at(role);
    return token.isMissing() ? Optional.empty() : Optional.of(read(token));
  }

  private static AddedToken read(StepNode token) throws MalformedTokenizerException {
    if (token.node().isString()) {
      return AddedToken.plain(token.node().stringValue());
    }
    return AddedToken.read(token, AddedToken.NO_ID);
  }

  /** Returns the facts about the ends of texts, as ids of a tokenizer. */
  SpecialTokens specialTokens(Tokenizer tokenizer, Template template) throws IOException {
    OptionalInt bos = id(tokenizer, "bos_token");
    List<Integer> eos = id(tokenizer, "eos_token").stream().boxed().toList();
    if (bos.isEmpty() && !template.before().isEmpty()) {
      bos = OptionalInt.of(template.before().getFirst());
    }
    boolean adds =
        template.isEmpty()
            ? bos.isPresent() && flag("add_bos_token", false)
            : bos.isPresent() && template.before().contains(bos.getAsInt());
    return new SpecialTokens(bos, eos, adds);
  }

  private OptionalInt id(Tokenizer tokenizer, String role) throws IOException {
    int id = token(role).map(tokenizer::id).orElse(-1);
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }
}
