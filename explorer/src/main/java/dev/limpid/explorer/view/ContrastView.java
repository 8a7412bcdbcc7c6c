package dev.limpid.explorer.view;

import dev.limpid.explorer.output.Decimals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much of a logit, or of the difference of two, came from each token of the prompt. The net
 * amounts, the biases and what is lost sum to it.
 *
 * @param note what this depends on
 * @param tokens those up to the position explained, in their order
 * @param biases what the biases of the model add themselves
 * @param lost what arrives at no token
 */
public record ContrastView(
    String note, List<Source> tokens, @Decimals(Decimals.LOGIT) double biases, Amount lost) {
  /**
   * What came from one token.
   *
   * @param text as people read it; null without a tokenizer
   * @param towards what raises the logit
   * @param away what lowers it
   * @param net towards - away
   */
  public record Source(
      int position,
      @Nullable String text,
      @Decimals(Decimals.LOGIT) double towards,
      @Decimals(Decimals.LOGIT) double away,
      @Decimals(Decimals.LOGIT) double net) {}

  /** Amounts that came from no token. */
  public record Amount(
      @Decimals(Decimals.LOGIT) double towards, @Decimals(Decimals.LOGIT) double away) {}
}
