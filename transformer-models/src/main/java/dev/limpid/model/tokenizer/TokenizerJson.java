package dev.limpid.model.tokenizer;

import dev.limpid.tensor.files.JsonProblem;
import dev.limpid.tensor.files.ModelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * Reads a tokenizer.json. Its steps are small and are read as trees; the vocabulary and the merges
 * are large and are streamed. Truncation and padding are left out: a text is never cut.
 */
final class TokenizerJson {
  /** Steps nest a few levels; anything deeper is no tokenizer. */
  private static final int MAX_DEPTH = 64;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  // Every piece is a name here: a symbol table would only cost.
                  .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .build();

  private final Path path;
  private final TokenizerConfig config;
  private final Map<String, JsonNode> steps = new HashMap<>();
  private final BpeReader model;

  private TokenizerJson(Path path, TokenizerConfig config) {
    this.path = path;
    this.config = config;
    this.model = new BpeReader(path);
  }

  /**
   * Reads a file.
   *
   * @param config what stands beside it, and counts where it says more
   * @throws MalformedTokenizerException if it is damaged
   * @throws UnsupportedTokenizerException if it needs a step that Limpid does not have
   */
  static PipelineTokenizer read(Path path, TokenizerConfig config) throws IOException {
    TokenizerJson file = new TokenizerJson(path, config);
    byte[] bytes = ModelFile.readJson(path);
    try (JsonParser parser = JSON.createParser(bytes)) {
      file.readAll(parser);
      return file.build();
    } catch (JacksonException e) {
      throw noJson(path, e);
    } catch (IllegalArgumentException | TokenizationException e) {
      throw new MalformedTokenizerException(path, String.valueOf(e.getMessage()));
    }
  }

  /** Reads a vocab.json. */
  static Map<String, Integer> readVocabulary(Path path) throws IOException {
    byte[] bytes = ModelFile.readJson(path);
    try (JsonParser parser = JSON.createParser(bytes)) {
      parser.nextToken();
      return new BpeReader(path).vocabulary(parser);
    } catch (JacksonException e) {
      throw noJson(path, e);
    }
  }

  /** Returns what is to be thrown where the JSON itself is broken: reason and place in one line. */
  static MalformedTokenizerException noJson(Path path, JacksonException e) {
    return new MalformedTokenizerException(path, "no valid JSON: " + JsonProblem.of(e));
  }

  private void readAll(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new MalformedTokenizerException(path, "not a JSON object");
    }
    Set<String> seen = new HashSet<>();
    for (String field = parser.nextName(); field != null; field = parser.nextName()) {
      if (!seen.add(field)) {
        throw new MalformedTokenizerException(path, "'" + field + "' is there twice");
      }
      parser.nextToken();
      switch (field) {
        case "model" -> model.read(parser);
        case "version",
            "added_tokens",
            "normalizer",
            "pre_tokenizer",
            "post_processor",
            "decoder" ->
            steps.put(field, parser.<JsonNode>readValueAsTree());
        default -> parser.skipChildren();
      }
    }
    if (parser.nextToken() != null) {
      throw new MalformedTokenizerException(path, "something follows the JSON object");
    }
  }

  private PipelineTokenizer build() throws IOException {
    StepNode version = step("version");
    if (!version.isMissing() && !version.node().asString("").equals("1.0")) {
      throw version.unsupported(version.node().toString());
    }
    Normalizer normalizer = NormalizerReader.read(step("normalizer"));
    BpeModel bpe = model.build();
    PipelineTokenizer tokenizer =
        new PipelineTokenizer(
            path,
            new AddedTokens(addedTokens(), bpe.vocabulary(), normalizer),
            normalizer,
            PreTokenizerReader.read(step("pre_tokenizer"), config.prefixSpace()),
            bpe,
            TemplateReader.read(step("post_processor")),
            DecoderReader.read(step("decoder")));
    requireTokens(tokenizer);
    return tokenizer;
  }

  private void requireTokens(PipelineTokenizer tokenizer) throws IOException {
    for (int id : tokenizer.template().apply(List.of())) {
      if (!tokenizer.knows(id)) {
        throw step("post_processor").malformed("adds the id " + id + ", which is no token");
      }
    }
  }

  private StepNode step(String field) {
    return new StepNode(path, field, steps.getOrDefault(field, MissingNode.getInstance()));
  }

  /** Those of the file, then those that are named beside it alone; new ones get the next ids. */
  private List<AddedToken> addedTokens() throws IOException {
    List<AddedToken> tokens = new ArrayList<>();
    Set<String> contents = new HashSet<>();
    for (StepNode token : step("added_tokens").items()) {
      AddedToken read = AddedToken.read(token, token.natural("id"));
      tokens.add(read);
      contents.add(read.content());
    }
    for (AddedToken named : config.addedTokens()) {
      if (contents.add(named.content())) {
        tokens.add(named.withId(AddedToken.NO_ID));
      }
    }
    return tokens;
  }
}
