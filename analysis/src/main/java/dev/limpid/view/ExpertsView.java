package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.ExpertParts;
import dev.limpid.attribution.logits.UpdateReading;
import dev.limpid.json.Decimals;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which experts of a layer wrote to one position, and which the router nearly took.
 *
 * @param residual the contribution of the state in front, among experts
 * @param bias the contribution of the biases of a norm behind, where biases are parts of their own
 * @param written those that the position went to, by falling router number, then the shared one
 * @param passed those that came next
 */
public record ExpertsView(
    double residual,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double bias,
    List<Expert> written,
    List<Passed> passed) {

  /** How many of those that were not taken are listed. */
  private static final int NEXT = 5;

  /**
   * Returns the experts of a position.
   *
   * @param readings what each of those that wrote raises and lowers, in their order
   */
  public static ExpertsView of(
      ExpertParts parts,
      ContributionOptions options,
      List<UpdateReading> readings,
      TokenNames names) {
    List<Expert> written = new ArrayList<>();
    for (int j = 0; j < readings.size(); j++) {
      written.add(Expert.of(parts.written().get(j), readings.get(j), names));
    }
    return new ExpertsView(
        parts.residual(),
        options.bias() == BiasOption.SEPARATE ? parts.bias() : null,
        written,
        parts.passed().stream()
            .limit(NEXT)
            .map(c -> new Passed(c.expert(), c.router(), c.probability()))
            .toList());
  }

  /** Returns an expert as documents name it: a number, or {@code shared}. */
  static Object name(String expert) {
    return expert.equals(ExpertParts.SHARED) ? expert : Integer.valueOf(expert);
  }

  /**
   * An expert that wrote.
   *
   * @param expert its number, or {@code shared}
   * @param weight what its output was multiplied with
   * @param router the number that it was chosen by; null of the shared one
   * @param probability of the softmax over all experts; null of the shared one
   * @param norm the length of what it wrote
   * @param promoted the tokens its update raises most
   * @param suppressed the tokens its update lowers most
   */
  public record Expert(
      Object expert,
      double weight,
      @Decimals(Decimals.LOGIT) @Nullable Double router,
      @Nullable Double probability,
      double contribution,
      @Decimals(Decimals.LOGIT) double norm,
      List<NeuronsView.Token> promoted,
      List<NeuronsView.Token> suppressed) {

    private static Expert of(ExpertParts.Written one, UpdateReading reading, TokenNames names) {
      ExpertParts.@Nullable Choice choice = one.choice();
      return new Expert(
          name(one.expert()),
          one.weight(),
          choice == null ? null : choice.router(),
          choice == null ? null : choice.probability(),
          one.contribution(),
          one.norm(),
          NeuronsView.tokens(reading.promoted(), names),
          NeuronsView.tokens(reading.suppressed(), names));
    }
  }

  /** An expert that was not taken. */
  public record Passed(int expert, @Decimals(Decimals.LOGIT) double router, double probability) {}
}
