package dev.limpid.model.tokenizer;

import dev.limpid.tensor.gguf.GgufFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Opens the tokenizer of a model: a folder in Hugging Face layout, or a GGUF file. */
public final class TokenizerLoader {
  private TokenizerLoader() {}

  /**
   * Reads {@code tokenizer.json}, else {@code vocab.json} with {@code merges.txt} (or GPT-2's name
   * for it, {@code vocab.bpe}), else {@code tokenizer.model} of SentencePiece; and from {@code
   * tokenizer_config.json} which tokens are special.
   *
   * <p>Of a GGUF file it reads the metadata.
   *
   * @return empty if the model has none of these: such a model takes ids only
   * @throws MalformedTokenizerException if a file is damaged
   * @throws UnsupportedTokenizerException if the tokenizer needs a step that Limpid does not have
   * @throws IOException if a file cannot be read
   */
  public static Optional<LoadedTokenizer> load(Path folder) throws IOException {
    if (Files.isRegularFile(folder)) {
      return load(GgufFile.open(folder, Arena.ofAuto()));
    }
    TokenizerConfig config = TokenizerConfig.read(folder);
    Path json = folder.resolve("tokenizer.json");
    if (Files.exists(json)) {
      return Optional.of(loaded(TokenizerJson.read(json, config), config, json));
    }
    Path vocabulary = folder.resolve("vocab.json");
    Path merges = firstThere(folder.resolve("merges.txt"), folder.resolve("vocab.bpe"));
    if (Files.exists(vocabulary) && Files.exists(merges)) {
      TokenizerConfig facts = config.orGpt2();
      return Optional.of(loaded(ByteLevelBpe.read(vocabulary, merges, facts), facts, vocabulary));
    }
    Path sentencePiece = folder.resolve("tokenizer.model");
    if (Files.exists(sentencePiece)) {
      return Optional.of(
          loaded(SentencePieceBpe.read(sentencePiece, config), config, sentencePiece));
    }
    return Optional.empty();
  }

  /**
   * Reads the tokenizer in the metadata of a GGUF file that is open; not used afterwards.
   *
   * @return empty if the file has none
   * @throws MalformedTokenizerException if what it says is damaged
   * @throws UnsupportedTokenizerException if the tokenizer needs a step that Limpid does not have
   * @throws IOException if the file cannot be read
   */
  public static Optional<LoadedTokenizer> load(GgufFile file) throws IOException {
    return GgufTokenizer.read(file);
  }

  private static Path firstThere(Path first, Path second) {
    return Files.exists(first) ? first : second;
  }

  private static LoadedTokenizer loaded(
      PipelineTokenizer tokenizer, TokenizerConfig config, Path source) throws IOException {
    return new LoadedTokenizer(
        tokenizer, config.specialTokens(tokenizer, tokenizer.template()), source);
  }
}
