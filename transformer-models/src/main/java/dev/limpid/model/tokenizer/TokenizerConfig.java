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
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * What {@code tokenizer_config.json} says, and where it is silent the older {@code
 * special_tokens_map.json}. Either may be missing.
 */
record TokenizerConfig(StepNode config, StepNode specialTokensMap) {
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

  private static final JsonMapper JSON = new JsonMapper();

  static TokenizerConfig read(Path folder) throws IOException {
    return new TokenizerConfig(
        readObject(folder.resolve("tokenizer_config.json")),
        readObject(folder.resolve("special_tokens_map.json")));
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
    return new TokenizerConfig(new StepNode(config.path(), "", gpt2), specialTokensMap);
  }

  boolean flag(String field, boolean otherwise) throws MalformedTokenizerException {
    return config.bool(field, otherwise);
  }

  /** Returns the token of a role such as {@code bos_token}, as text. */
  Optional<String> token(String role) throws IOException {
    return addedToken(role).map(AddedToken::content);
  }

  /** Returns the special tokens by role and the added ones, in the order of their ids if stated. */
  List<AddedToken> addedTokens() throws IOException {
    Map<String, AddedToken> tokens = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry :
        config.at("added_tokens_decoder").node().properties()) {
      AddedToken token = read(config.at("added_tokens_decoder").at(entry.getKey()));
      tokens.put(token.content(), token);
    }
    for (String role : ROLES) {
      addedToken(role).ifPresent(token -> tokens.putIfAbsent(token.content(), token));
    }
    return new ArrayList<>(tokens.values());
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
        template.equals(Template.NONE)
            ? bos.isPresent() && flag("add_bos_token", false)
            : bos.isPresent() && template.before().contains(bos.getAsInt());
    return new SpecialTokens(bos, eos, adds);
  }

  private OptionalInt id(Tokenizer tokenizer, String role) throws IOException {
    int id = token(role).map(tokenizer::id).orElse(-1);
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }
}
