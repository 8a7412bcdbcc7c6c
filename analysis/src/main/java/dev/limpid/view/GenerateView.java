package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonTypeName;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document of {@code limpid generate}.
 *
 * @param prompt the tokens that were continued
 * @param tokens the new ones; where an EOS ended the text it is the last
 * @param text of the new tokens, without the EOS that ended it; null without a tokenizer
 * @param stop {@code eos}, {@code max_new} or {@code context}
 */
@JsonTypeName("limpid/generate/1")
public record GenerateView(
    ModelView model,
    List<TokenView> prompt,
    Sampling sampling,
    List<Token> tokens,
    @Nullable String text,
    String stop)
    implements Document {

  /** How tokens were chosen. */
  public record Sampling(BigDecimal temperature, int topK, BigDecimal topP, long seed) {
    /** Returns how tokens are chosen, in numbers as people write them: no exponent, no zeros. */
    public static Sampling of(dev.limpid.model.generate.Sampling sampling) {
      return new Sampling(
          exact(sampling.temperature()), sampling.topK(), exact(sampling.topP()), sampling.seed());
    }

    private static BigDecimal exact(double value) {
      BigDecimal exact = BigDecimal.valueOf(value).stripTrailingZeros();
      return exact.scale() < 0 ? exact.setScale(0) : exact;
    }
  }

  /**
   * A new token.
   *
   * @param position in the whole text
   * @param text as people read it; null without a tokenizer
   * @param probability the model's own, before temperature and filters
   */
  public record Token(int position, int id, @Nullable String text, double probability) {}
}
