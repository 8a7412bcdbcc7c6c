package dev.limpid;

import dev.limpid.attribution.logits.Metric;
import dev.limpid.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a change to a run is measured by, and the other runs that values are taken from.
 *
 * @param position t, whose logits are read
 * @param answer the next token of interest, or null for the most probable one
 * @param distractor another token that the answer is compared with, or null
 * @param metric the number that is read from the logits, or null for the usual one: how far the
 *     answer is ahead of the distractor, else its log probability
 * @param source the prompt that values are patched in from, or null; as many tokens as the prompt
 *     asked about
 * @param references prompts whose mean values are taken; as many tokens as the prompt asked about
 */
public record Comparison(
    int position,
    @Nullable Integer answer,
    @Nullable Integer distractor,
    Metric.@Nullable Kind metric,
    @Nullable Prompt source,
    List<Prompt> references) {

  /** Copies the list. */
  public Comparison {
    references = List.copyOf(references);
  }

  /**
   * Returns a comparison by the usual number, without other runs.
   *
   * @param answer null for the most probable token
   * @param distractor null for the answer alone
   */
  public static Comparison of(
      int position, @Nullable Integer answer, @Nullable Integer distractor) {
    return new Comparison(position, answer, distractor, null, null, List.of());
  }

  /** Returns the same by another number. */
  public Comparison by(Metric.Kind other) {
    return new Comparison(position, answer, distractor, other, source, references);
  }

  /** Returns the same with values from another prompt. */
  public Comparison withSource(Prompt other) {
    return new Comparison(position, answer, distractor, metric, other, references);
  }

  /** Returns the same with the mean values of other prompts. */
  public Comparison withReferences(List<Prompt> others) {
    return new Comparison(position, answer, distractor, metric, source, others);
  }

  /**
   * Returns the number that is read.
   *
   * @param token the answer, also where the most probable token is taken
   * @param before the logits [V] of the run asked about, on the heap
   * @throws ComparisonException if there is no such number
   */
  public Metric metric(int token, Tensor before) throws ComparisonException {
    if (distractor != null && distractor == token) {
      throw new ComparisonException(
          "the answer and the distractor are the same token, #" + token + ": name two");
    }
    Metric.Kind kind = metric == null ? Metric.Kind.byDefault(distractor) : metric;
    if (kind == Metric.Kind.LOGIT_DIFFERENCE && distractor == null) {
      throw new ComparisonException("logit_difference: from which token? give a distractor");
    }
    return new Metric(kind, token, distractor, before);
  }

  /**
   * Returns the prompts whose runs give the values that come in the place of others; none for 0.
   *
   * @throws ComparisonException if they are not given
   */
  public List<Prompt> replacing(Ablation ablation) throws ComparisonException {
    return switch (ablation) {
      case ZERO -> List.of();
      case PATCH -> List.of(requireSource("patch"));
      case MEAN -> {
        if (references.isEmpty()) {
          throw new ComparisonException("mean: of which prompts? give references");
        }
        yield references;
      }
    };
  }

  /**
   * Returns the source.
   *
   * @param what needs it, for the message
   * @throws ComparisonException if none is given
   */
  public Prompt requireSource(String what) throws ComparisonException {
    if (source == null) {
      throw new ComparisonException(what + ": from which prompt? give a source");
    }
    return source;
  }

  /**
   * Checks that runs of two prompts can be compared position by position.
   *
   * @param what the other prompt, for the message
   * @throws ComparisonException if they have different numbers of tokens
   */
  public static void requireSameLength(Prompt prompt, Prompt other, String what)
      throws ComparisonException {
    if (prompt.nPositions() != other.nPositions()) {
      throw new ComparisonException(
          "%s has %d tokens, the prompt has %d: values go from position to position, so both need as many"
              .formatted(what, other.nPositions(), prompt.nPositions()));
    }
  }
}
