package dev.limpid.explorer.show;

import dev.limpid.view.AttributeView;
import dev.limpid.view.TokenView;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a number depends on: tokens as bars, or heads and MLPs as a grid, and the largest terms. */
public final class AttributeText {
  static final String RELEVANCE = "relevance";
  private static final int LISTED = 12;
  private static final int TOKENS = 40;
  private static final int NAME = 20;
  private static final int LONGEST_BAR = 40;

  private final AttributeView view;
  private final int width;

  /**
   * Prepares it.
   *
   * @param width how many columns a line may have
   */
  public AttributeText(AttributeView view, int width) {
    this.view = view;
    this.width = width;
  }

  /** Prints it. */
  public void print(PrintStream out) {
    out.println(TerminalText.wrapped(question() + ", at position " + at(view.position()), width));
    out.println("  " + value());
    if (view.scores() != null) {
      out.println();
      tokens(view.scores(), out);
    }
    if (view.headOut() != null && view.mlpOut() != null && view.largest() != null) {
      out.println();
      out.println("Heads and MLPs, summed over positions:");
      grid(view.headOut(), view.mlpOut()).print(out, width);
      out.println();
      largest(view.largest(), out);
    }
    out.println();
    out.println(TerminalText.wrapped(note(), width));
  }

  /** Returns what was asked. */
  String question() {
    return "What %s depends on, by %s"
        .formatted(
            TerminalText.metricName(view.metric(), view.answer(), view.distractor()),
            view.method().replace('_', ' '));
  }

  /** Returns what the number is. */
  String value() {
    return "it is %s%s".formatted(Numbers.logit(view.value()), baseline());
  }

  private static String change(@Nullable Double number) {
    return number == null ? "not known" : Numbers.change(number);
  }

  private String baseline() {
    if (view.baseline() == null) {
      return "";
    }
    String from = view.source() == null ? "embeddings of zeros" : "the source";
    return ", and %s for %s".formatted(Numbers.logit(view.baseline()), from);
  }

  /** Returns what the scores are. */
  String note() {
    return switch (view.method()) {
      case "saliency" ->
          "The length of the gradient in each embedding: how sensitive, not which way.";
      case "input_x_gradient" ->
          "Gradient times embedding: exact only where the model were linear down to 0.";
      case "integrated_gradients" ->
          "The mean gradient along the path, times the way. With ever more --steps the scores sum to"
              + " the difference, %s; at %d they are off by %s."
                  .formatted(change(view.difference()), view.steps(), change(view.error()));
      case RELEVANCE ->
          "Handed down from the logits by rules that stand in for derivatives: no effect of an"
              + " intervention, but circuits in this order keep the answer. What tokens do not sum"
              + " to went to biases, and to patterns of attention beside the values (--alpha).";
      case "relevance_patching" ->
          "Estimated effects of putting %s in the place of a component, by rules that stand in for derivatives; 'limpid patch' measures them."
              .formatted(replacement());
      default ->
          "Estimated effects of putting %s in the place of a component, to first order; 'limpid patch' measures them."
              .formatted(replacement());
    };
  }

  private String replacement() {
    return switch (String.valueOf(view.ablation())) {
      case "zero" -> "0";
      case "patch" -> "the source's value";
      default -> "the references' mean";
    };
  }

  /** The tokens in their order; of many, those of the largest scores. */
  private void tokens(List<Double> scores, PrintStream out) {
    List<Integer> shown =
        IntStream.range(0, scores.size())
            .boxed()
            .sorted(Comparator.comparingDouble(t -> -Math.abs(scores.get(t))))
            .limit(TOKENS)
            .sorted()
            .toList();
    double most = shown.stream().mapToDouble(t -> Math.abs(scores.get(t))).max().orElse(0);
    int longest = Math.clamp(width - NAME - 18L, 1, LONGEST_BAR);
    for (int t : shown) {
      double score = scores.get(t);
      int bar = most == 0 ? 0 : (int) Math.round(longest * Math.abs(score) / most);
      String line =
          "  %3d  %s%10s %s"
              .formatted(
                  t,
                  TerminalText.columns(token(t), NAME),
                  Numbers.change(score),
                  (score < 0 ? "░" : "█").repeat(bar));
      out.println(line.stripTrailing());
    }
    if (shown.size() < scores.size()) {
      double rest = sum(scores) - shown.stream().mapToDouble(scores::get).sum();
      row(scores.size() - shown.size() + " more", rest, out);
    }
    if (view.sum() != null) {
      row("sum", view.sum(), out);
      if (view.method().equals(RELEVANCE)) {
        row("elsewhere", view.value() - view.sum(), out);
      }
    }
  }

  private static void row(String name, double score, PrintStream out) {
    out.printf("       %s%10s%n", TerminalText.columns(name, NAME), Numbers.change(score));
  }

  /** Sums over positions of every head and MLP. */
  static HeatMap grid(List<List<List<Double>>> heads, List<List<Double>> mlps) {
    double[][] sums = new double[heads.size()][];
    double[] ofMlps = new double[mlps.size()];
    for (int l = 0; l < heads.size(); l++) {
      sums[l] = heads.get(l).stream().mapToDouble(AttributeText::sum).toArray();
      ofMlps[l] = sum(mlps.get(l));
    }
    return HeatMap.ofHeadsAndMlps(sums, ofMlps);
  }

  private static double sum(List<Double> scores) {
    return scores.stream().mapToDouble(Double::doubleValue).sum();
  }

  private void largest(List<AttributeView.Part> parts, PrintStream out) {
    out.println("The largest single ones:");
    for (AttributeView.Part part : parts.subList(0, Math.min(LISTED, parts.size()))) {
      String name = part.head() == null ? "MLP" : "head %2d".formatted(part.head());
      String from = part.key() == null ? "" : " from " + at(part.key());
      out.printf(
          "  %9s  layer %2d  %-7s  %s%s%n",
          Numbers.change(part.score()), part.layer(), name, at(part.position()), from);
    }
  }

  private String at(int position) {
    String token = token(position);
    return position
        + " "
        + (TerminalText.width(token) > NAME ? TerminalText.columns(token, NAME) : token);
  }

  private String token(int position) {
    TokenView token = view.tokens().get(position);
    return TerminalText.quoted(token);
  }
}
