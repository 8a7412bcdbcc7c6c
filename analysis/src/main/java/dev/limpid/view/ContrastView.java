package dev.limpid.view;

import dev.limpid.json.Decimals;
import dev.limpid.routes.ContrastFlow;
import java.util.List;
import java.util.stream.IntStream;
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
  private static final String NOTE =
      "Unlike a plain route, this depends on the tokens asked about: what each part of the model"
          + " adds to their logits is followed back to the tokens it was built from.";

  /** Returns the document of amounts that flowed back to the tokens of a prompt. */
  public static ContrastView of(ContrastFlow flow, List<TokenView> prompt) {
    List<Source> tokens =
        IntStream.rangeClosed(0, flow.position())
            .mapToObj(t -> {
              ContrastFlow.Amount amount = flow.tokens().get(t);
              return new Source(
                  t, prompt.get(t).text(), amount.towards(), amount.away(), amount.net());
            })
            .toList();
    Amount lost = new Amount(flow.lost().towards(), flow.lost().away());
    return new ContrastView(NOTE, tokens, flow.biases(), lost);
  }

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
