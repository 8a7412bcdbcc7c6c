package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.NeuronContributions;
import dev.limpid.attribution.logits.TokenLogit;
import dev.limpid.attribution.logits.UpdateReading;
import dev.limpid.json.Decimals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document of {@code limpid neurons}.
 *
 * @param residual the contribution of the state in front of the MLP
 * @param bias the contribution of b_out, where biases are parts of their own
 * @param experts which experts wrote; absent in a layer without experts
 */
@JsonTypeName("limpid/neurons/1")
public record NeuronsView(
    ModelView model,
    List<TokenView> tokens,
    int layer,
    int position,
    double residual,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double bias,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ExpertsView experts,
    List<Neuron> neurons)
    implements Document {

  /** Returns the document of some neurons of one MLP at one position. */
  public static NeuronsView of(
      ModelView model,
      List<TokenView> tokens,
      NeuronContributions all,
      ContributionOptions options,
      @Nullable ExpertsView experts,
      List<Neuron> listed) {
    boolean separate = options.bias() == BiasOption.SEPARATE;
    return new NeuronsView(
        model,
        tokens,
        all.layer(),
        all.position(),
        all.residual(),
        separate ? all.bias() : null,
        experts,
        listed);
  }

  /**
   * What one neuron brought.
   *
   * @param expert whose it is, by number, or {@code shared}; absent where a layer has no experts
   * @param neuron within the layer, or within its expert
   * @param activation with its sign
   * @param promoted the tokens its update raises most
   * @param suppressed the tokens its update lowers most
   */
  public record Neuron(
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Object expert,
      int neuron,
      double contribution,
      double activation,
      List<Token> promoted,
      List<Token> suppressed) {

    /** Returns one neuron of an MLP with the tokens that its update raises and lowers. */
    public static Neuron of(
        int neuron, NeuronContributions all, UpdateReading reading, TokenNames names) {
      NeuronContributions.Group group = all.group(neuron);
      return new Neuron(
          group.expert().isEmpty() ? null : ExpertsView.name(group.expert()),
          neuron - group.first(),
          all.neurons().get(neuron),
          all.activations().get(neuron),
          tokens(reading.promoted(), names),
          tokens(reading.suppressed(), names));
    }
  }

  static List<Token> tokens(List<TokenLogit> tokens, TokenNames names) {
    return tokens.stream().map(t -> new Token(t.id(), names.text(t.id()), t.logit())).toList();
  }

  /**
   * A token and what the update adds to its logit.
   *
   * @param text as people read it; null without a tokenizer
   */
  public record Token(int id, @Nullable String text, @Decimals(Decimals.LOGIT) double logit) {}
}
