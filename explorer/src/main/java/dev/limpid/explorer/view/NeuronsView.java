package dev.limpid.explorer.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.limpid.explorer.output.Decimals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document of {@code limpid neurons}.
 *
 * @param residual the contribution of the state in front of the MLP
 * @param bias the contribution of b_out, where biases are parts of their own
 */
public record NeuronsView(
    int layer,
    int position,
    double residual,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double bias,
    List<Neuron> neurons) {
  /**
   * What one neuron brought.
   *
   * @param activation with its sign
   * @param promoted the tokens its update raises most
   * @param suppressed the tokens its update lowers most
   */
  public record Neuron(
      int neuron,
      double contribution,
      double activation,
      List<Token> promoted,
      List<Token> suppressed) {}

  /**
   * A token and what the update adds to its logit.
   *
   * @param text as people read it; null without a tokenizer
   */
  public record Token(int id, @Nullable String text, @Decimals(Decimals.LOGIT) double logit) {}
}
