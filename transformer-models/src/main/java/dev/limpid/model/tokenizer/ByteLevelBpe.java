package dev.limpid.model.tokenizer;

import dev.limpid.tensor.files.ModelFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** GPT-2's tokenizer in its own files: a vocabulary in JSON, the merges as lines. OPT's too. */
final class ByteLevelBpe {
  private ByteLevelBpe() {}

  static PipelineTokenizer read(Path vocabularyFile, Path mergesFile, TokenizerConfig config)
      throws IOException {
    Vocabulary vocabulary = vocabulary(vocabularyFile);
    MergeTable merges = merges(mergesFile, vocabulary);
    AddedTokens added = addedTokens(config, vocabulary);
    BpeOptions options = new BpeOptions(null, false, false, false);
    return new PipelineTokenizer(
        vocabularyFile,
        added,
        Normalizer.NONE,
        PreTokenizer.byteLevel(config.flag("add_prefix_space", false), true),
        new BpeModel(vocabulary, merges, options),
        template(config, added),
        new Decoder.ByteLevel());
  }

  private static Vocabulary vocabulary(Path path) throws IOException {
    try {
      return new Vocabulary(TokenizerJson.readVocabulary(path));
    } catch (IllegalArgumentException e) {
      throw new MalformedTokenizerException(path, String.valueOf(e.getMessage()));
    }
  }

  private static MergeTable merges(Path path, Vocabulary vocabulary) throws IOException {
    try {
      List<String> pairs = new ArrayList<>();
      ByteBuffer bytes = ByteBuffer.wrap(ModelFile.read(path));
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      for (String line : text.lines().toList()) {
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
    try {
      return new AddedTokens(config.addedTokens(), vocabulary, Normalizer.NONE);
    } catch (IllegalArgumentException e) {
      throw config.config().malformed(String.valueOf(e.getMessage()));
    }
  }

  private static Template template(TokenizerConfig config, AddedTokens added) throws IOException {
    Optional<String> bos = config.token("bos_token");
    return bos.isPresent() && config.flag("add_bos_token", false)
        ? new Template(List.of(added.id(bos.get())), List.of())
        : Template.NONE;
  }
}
