package dev.limpid;

import dev.limpid.model.chat.ChatText;
import dev.limpid.models.ModelCard;
import dev.limpid.models.ModelLocation;
import dev.limpid.view.TokenNames;
import dev.limpid.view.TokenView;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A prompt as its model sees it.
 *
 * @param source the model it was cut for
 * @param names how tokens are spelled
 * @param text what was cut; empty where ids were given
 * @param tokens T ids, BOS included
 * @param chat the conversation that the text is of, if it is one
 */
public record Prompt(
    ModelSource source,
    TokenNames names,
    Optional<String> text,
    List<Integer> tokens,
    Optional<ChatText> chat) {
  private static final Pattern WORD = Pattern.compile("\\p{L}+");
  private static final Pattern ID = Pattern.compile("#\\d{1,9}");

  /** Copies the list. */
  public Prompt {
    tokens = List.copyOf(tokens);
  }

  /** Creates a prompt that is no conversation. */
  public Prompt(ModelSource source, TokenNames names, Optional<String> text, List<Integer> tokens) {
    this(source, names, text, tokens, Optional.empty());
  }

  /** Returns T. */
  public int nPositions() {
    return tokens.size();
  }

  /** Returns the tokens with their texts, and who says them in a conversation. */
  public List<TokenView> tokenViews() {
    List<TokenView> views = names.views(tokens);
    if (chat.isEmpty() || names.tokenizer().isEmpty()) {
      return views;
    }
    List<@Nullable String> roles =
        ChatRoles.of(chat.get(), tokens, names.tokenizer().get().tokenizer());
    return views.stream().map(view -> view.withRole(roles.get(view.position()))).toList();
  }

  /** Returns the text of the token at a position; null without a tokenizer, or beyond it. */
  public @Nullable String text(int position) {
    return names.text(tokens.get(position));
  }

  /**
   * Returns the id of a token that is given by its text, with its leading blank, or as {@code #id}.
   *
   * @throws NoSuchTokenException if the text is not one token of the model
   */
  public int tokenId(String token) throws NoSuchTokenException {
    int dVocab = source.config().dVocab();
    if (ID.matcher(token).matches() && Integer.parseInt(token.substring(1)) < dVocab) {
      return Integer.parseInt(token.substring(1));
    }
    OptionalInt known = names.id(token, dVocab);
    if (known.isPresent()) {
      return known.getAsInt();
    }
    if (ID.matcher(token).matches()) {
      throw new NoSuchTokenException(
          "%s is no token of this model: ids go from #0 to #%d".formatted(token, dVocab - 1));
    }
    throw names.tokenizer().isEmpty()
        ? new NoSuchTokenException("without a tokenizer, give #id, such as #17")
        : noSuchToken(token, dVocab);
  }

  /** The blank in front is what everybody forgets. */
  private NoSuchTokenException noSuchToken(String token, int dVocab) {
    return new NoSuchTokenException(
        names.id(" " + token, dVocab).isPresent()
            ? "'%s' is not one token of this model, but ' %s' is: give it with its blank"
                .formatted(token, token)
            : "'%s' is not one token of this model; 'limpid tokens' shows how it is cut"
                .formatted(token));
  }

  /**
   * Returns the words of the text that a bundled model, which knows a few hundred, never met; none
   * for other models. Every word it was trained on is a token; others fall into pieces.
   */
  public List<String> unknownWords() {
    if (text.isEmpty() || source.location().origin() != ModelLocation.Origin.BUNDLED) {
      return List.of();
    }
    Set<String> known =
        tokens.stream()
            .map(names::text)
            .filter(Objects::nonNull)
            .map(String::strip)
            .collect(Collectors.toSet());
    return WORD.matcher(text.get())
        .results()
        .map(MatchResult::group)
        .filter(word -> !known.contains(word))
        .distinct()
        .toList();
  }

  /** Returns a prompt that the model's card gives as an example, if there is one. */
  public Optional<String> example() throws IOException {
    return ModelCard.read(source.location().folder()).examples().stream().findFirst();
  }
}
