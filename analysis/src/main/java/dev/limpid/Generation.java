package dev.limpid;

import dev.limpid.model.generate.GenerationOptions;
import dev.limpid.model.generate.Generator;
import dev.limpid.model.generate.Step;
import dev.limpid.model.generate.StopReason;
import dev.limpid.model.tokenizer.LoadedTokenizer;
import dev.limpid.model.tokenizer.TextStream;
import dev.limpid.view.GenerateView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A prompt that a model continues: token by token, each computed when it is asked for, or all of
 * them. Not safe to share between threads.
 */
public final class Generation {
  private final LanguageModel model;
  private final Prompt prompt;
  private final GenerationSettings settings;
  private final Progress progress;
  private final Generator generator;
  private final @Nullable TextStream stream;

  Generation(LanguageModel model, Prompt prompt, GenerationSettings settings, Progress progress) {
    this.model = model;
    this.prompt = prompt;
    this.settings = settings;
    this.progress = progress;
    Set<Integer> ends = settings.ignoresEos() ? Set.of() : eosIds();
    generator =
        new Generator(
            model.transformer(),
            prompt.tokens(),
            new GenerationOptions(settings.sampling(), settings.maxNew(), ends));
    stream = prompt.names().tokenizer().map(t -> new TextStream(t, prompt.tokens())).orElse(null);
  }

  /**
   * A new token.
   *
   * @param position in the whole text
   * @param text what is complete by it: often nothing, if it ends within a character, and nothing
   *     for the EOS that ends the text; null without a tokenizer
   * @param probability the model's own, before temperature and filters
   */
  public record Token(int position, int id, @Nullable String text, double probability) {}

  private Set<Integer> eosIds() {
    List<Integer> ofModel = model.transformer().config().eosIds();
    List<Integer> ofTokenizer =
        prompt
            .names()
            .tokenizer()
            .map(LoadedTokenizer::specialTokens)
            .map(special -> special.eos())
            .orElse(List.of());
    return Set.copyOf(ofModel.isEmpty() ? ofTokenizer : ofModel);
  }

  /** Returns whether tokens are spelled; if not, they are numbers. */
  public boolean hasText() {
    return stream != null;
  }

  /** Returns whether more tokens come. */
  public boolean hasNext() {
    return generator.hasNext();
  }

  /**
   * Returns the next token.
   *
   * @throws OverflowException if the model's numbers overflow
   */
  public Token next() throws OverflowException {
    try {
      Step step = generator.next();
      return new Token(step.position(), step.token(), text(step), step.probability());
    } catch (ArithmeticException e) {
      throw new OverflowException(prompt.source().name() + ": " + e.getMessage(), e);
    }
  }

  private @Nullable String text(Step step) {
    if (stream == null) {
      return null;
    }
    boolean isEnd = generator.stopReason().filter(StopReason.EOS::equals).isPresent();
    String text = isEnd ? "" : stream.add(step.token());
    return generator.hasNext() ? text : text + stream.end();
  }

  /**
   * Returns why no more tokens come.
   *
   * @throws IllegalStateException as long as they do
   */
  public StopReason stopReason() {
    return generator
        .stopReason()
        .orElseThrow(() -> new IllegalStateException("the text has not ended yet"));
  }

  /**
   * Runs to the end, and returns all that came from here on as a document.
   *
   * @throws OverflowException if the model's numbers overflow
   */
  public GenerateView toEnd() throws OverflowException {
    return toEnd(token -> {});
  }

  /**
   * Does the same and shows each token as it comes.
   *
   * @param each hears of it before the next one is computed
   * @throws OverflowException if the model's numbers overflow
   */
  public GenerateView toEnd(Consumer<GenerateView.Token> each) throws OverflowException {
    List<GenerateView.Token> tokens = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    while (hasNext()) {
      Token token = next();
      tokens.add(
          new GenerateView.Token(
              token.position(), token.id(), prompt.names().text(token.id()), token.probability()));
      text.append(token.text());
      each.accept(tokens.getLast());
      // An EOS may end it early.
      progress.done(
          Progress.Phase.TOKENS, tokens.size(), hasNext() ? settings.maxNew() : tokens.size());
    }
    return new GenerateView(
        model.view(),
        prompt.tokenViews(),
        GenerateView.Sampling.of(settings.sampling()),
        tokens,
        hasText() ? text.toString() : null,
        stopReason().name().toLowerCase(Locale.ROOT));
  }
}
