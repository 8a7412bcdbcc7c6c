package dev.limpid.model.tokenizer;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** GPT-2's tokenizer in its own files: a vocabulary in JSON, the merges as lines. OPT too. */
final class ByteLevelBpe {
  /** The only special token of GPT-2, whose files name none. */
  private static final String END_OF_TEXT = "<|endoftext|>";

  private ByteLevelBpe() {}

  static PipelineTokenizer read(Path vocabularyFile, Path mergesFile, TokenizerConfig config)
      throws IOException {
    Vocabulary vocabulary = vocabulary(vocabularyFile);
    MergeTable merges = merges(mergesFile, vocabulary);
    AddedTokens added = addedTokens(config, vocabulary);
    BpeOptions options = new BpeOptions(null, false, false, false);
    boolean addPrefixSpace = config.flag("add_prefix_space");
    return new PipelineTokenizer(
        added,
        Normalizer.NONE,
        PreTokenizer.byteLevel(addPrefixSpace, true),
        new BpeModel(vocabulary, merges, options),
        template(config, added, vocabulary),
        new Decoder.ByteLevel());
  }

  private static Vocabulary vocabulary(Path path) throws IOException {
    Map<String, Integer> ids = TokenizerJson.readVocabulary(path);
    try {
      return new Vocabulary(ids);
    } catch (IllegalArgumentException e) {
      throw new MalformedTokenizerException(path, String.valueOf(e.getMessage()));
    }
  }

  private static MergeTable merges(Path path, Vocabulary vocabulary) throws IOException {
    try {
      List<String> pairs = new ArrayList<>();
      for (String line : Files.readAllLines(path)) {
        if (!line.isEmpty() && !line.startsWith("#version")) {
          MergeTable.addPair(line, pairs);
        }
      }
      return MergeTable.of(pairs, vocabulary);
    } catch (IllegalArgumentException e) {
      throw new MalformedTokenizerException(path, String.valueOf(e.getMessage()));
    } catch (CharacterCodingException e) {
      throw new MalformedTokenizerException(path, "not UTF-8");
    }
  }

  private static AddedTokens addedTokens(TokenizerConfig config, Vocabulary vocabulary)
      throws IOException {
    List<AddedToken> tokens = config.addedTokens();
    if (config.isMissing() && vocabulary.id(END_OF_TEXT) >= 0) {
      tokens.add(AddedToken.plain(END_OF_TEXT));
    }
    return new AddedTokens(tokens, vocabulary, Normalizer.NONE);
  }

  private static Template template(TokenizerConfig config, AddedTokens added, Vocabulary vocabulary)
      throws IOException {
    if (!config.flag("add_bos_token")) {
      return Template.NONE;
    }
    String bos = config.token("bos_token").orElse(END_OF_TEXT);
    int id = added.id(bos) >= 0 ? added.id(bos) : vocabulary.id(bos);
    return id < 0 ? Template.NONE : new Template(List.of(id), List.of());
  }
}
