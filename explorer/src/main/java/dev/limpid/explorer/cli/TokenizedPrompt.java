package dev.limpid.explorer.cli;

import dev.limpid.explorer.models.ModelLocation;
import dev.limpid.explorer.view.PredictionView;
import dev.limpid.explorer.view.TokenView;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.load.ModelFiles;
import dev.limpid.model.tokenizer.LoadedTokenizer;
import dev.limpid.model.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A prompt as its model sees it.
 *
 * @param files the model's, opened once for all that a command needs of them
 * @param tokens T ids, BOS included; none only where a command can do without a prompt
 */
record TokenizedPrompt(
    ModelLocation location,
    ModelFiles files,
    ModelConfig config,
    Optional<LoadedTokenizer> tokenizer,
    List<Integer> tokens) {

  /** Returns the same model with another prompt. */
  TokenizedPrompt withTokens(List<Integer> ids) {
    return new TokenizedPrompt(location, files, config, tokenizer, ids);
  }

  /** Returns the tokens with their texts. */
  List<TokenView> tokenViews() {
    return IntStream.range(0, tokens.size())
        .mapToObj(t -> new TokenView(t, tokens.get(t), text(tokens.get(t)), piece(tokens.get(t))))
        .toList();
  }

  /** Returns a token as people read it; null without a tokenizer, or beyond its vocabulary. */
  @Nullable String text(int id) {
    return known(id).map(t -> t.text(id)).orElse(null);
  }

  private @Nullable String piece(int id) {
    return known(id).map(t -> t.piece(id)).orElse(null);
  }

  /** A model often has more ids than its tokenizer, and a vocabulary may have holes. */
  private Optional<Tokenizer> known(int id) {
    return tokenizer.map(LoadedTokenizer::tokenizer).filter(t -> t.knows(id));
  }

  /** Returns a token for people: its text in quotation marks, or its number. */
  String quoted(int id) {
    @Nullable String text = text(id);
    return text == null ? "#" + id : '"' + TerminalText.text(text) + '"';
  }

  /** Returns a logit for people, or the difference of two. */
  String logitName(PredictionView answer, @Nullable PredictionView distractor) {
    String one = "logit(" + quoted(answer.id()) + ")";
    return distractor == null ? one : one + " - logit(" + quoted(distractor.id()) + ")";
  }
}
