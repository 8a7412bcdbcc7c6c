package dev.limpid.explorer.show;

import dev.limpid.attribution.gradients.ComponentScores;
import dev.limpid.attribution.gradients.LayerScores;
import dev.limpid.view.AttributeView;
import dev.limpid.view.TokenView;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a number depends on: tokens as bars, or heads and MLPs as a grid, and the largest terms. */
public final class AttributeText {
  private static final int LISTED = 12;
  private static final int NAME = 20;
  private static final int LONGEST_BAR = 40;

  private final AttributeView view;
  private final @Nullable ComponentScores components;
  private final int width;

  /**
   * Prepares it.
   *
   * @param components the scores of terms; null by token
   * @param width how many columns a line may have
   */
  public AttributeText(AttributeView view, @Nullable ComponentScores components, int width) {
    this.view = view;
    this.components = components;
    this.width = width;
  }

  /** Prints it. */
  public void print(PrintStream out) {
    out.printf(
        "What %s at position %d %s depends on, by %s%n",
        metric(), view.position(), token(view.position()), view.method().replace('_', ' '));
    out.printf("  it is %.3f%s%n", view.value(), baseline());
    if (view.scores() != null) {
      out.println();
      tokens(view.scores(), out);
    }
    if (components != null) {
      out.println();
      grid(components, out);
      out.println();
      largest(components, out);
    }
    out.println();
    out.println(TerminalText.wrapped(note(), width));
  }

  private String metric() {
    return switch (view.metric()) {
      case "logit", "logit_difference" ->
          TerminalText.logitName(view.answer(), view.metric().equals("logit") ? null : view.distractor());
      case "probability" -> "p(" + TerminalText.quoted(view.answer()) + ")";
      case "log_probability" -> "log p(" + TerminalText.quoted(view.answer()) + ")";
      default -> "the divergence from the prediction";
    };
  }

  private String baseline() {
    if (view.baseline() == null) {
      return "";
    }
    String from = view.source() == null ? "embeddings of zeros" : "the source";
    return ", and %.3f for %s".formatted(view.baseline(), from);
  }

  private String note() {
    return switch (view.method()) {
      case "saliency" -> "The length of the gradient in each embedding: how sensitive, not which way.";
      case "input_x_gradient" ->
          "Gradient times embedding: exact only where the model were linear down to 0.";
      case "integrated_gradients" ->
          "The mean gradient along the path, times the way: the scores sum to the difference.";
      case "relevance" ->
          "Handed down from the logits by rules that stand in for derivatives: no effect of an"
              + " intervention, but circuits in this order keep the answer.";
      default ->
          "Estimated effects of putting %s in the place of a component, to first order; 'limpid patch' measures them."
              .formatted(
                  switch (String.valueOf(view.ablation())) {
                    case "zero" -> "0";
                    case "patch" -> "the source's value";
                    default -> "the references' mean";
                  });
    };
  }

  private void tokens(List<Double> scores, PrintStream out) {
    double most = scores.stream().mapToDouble(Math::abs).max().orElse(0);
    int longest = Math.clamp(width - NAME - 18L, 1, LONGEST_BAR);
    for (int t = 0; t < scores.size(); t++) {
      double score = scores.get(t);
      int bar = most == 0 ? 0 : (int) Math.round(longest * Math.abs(score) / most);
      String line =
          "  %3d  %s%+10.3f %s"
              .formatted(
                  t,
                  TerminalText.columns(token(t), NAME),
                  score,
                  (score < 0 ? "░" : "█").repeat(bar));
      out.println(line.stripTrailing());
    }
    if (view.sum() != null) {
      out.printf("       %s%+10.3f%n", TerminalText.columns("sum", NAME), view.sum());
    }
  }

  /** Sums over positions of every head and MLP, the largest as 9. */
  private void grid(ComponentScores components, PrintStream out) {
    List<double[]> rows = new ArrayList<>();
    double most = 0;
    for (LayerScores layer : components.layers()) {
      double[] row = sums(layer);
      rows.add(row);
      for (double x : row) {
        most = Math.max(most, Math.abs(x));
      }
    }
    int nHeads = rows.getFirst().length - 1;
    int cell = Math.clamp((width - 12L) / (nHeads + 1), 2, 4);
    out.printf(
        "Heads of each layer and its MLP, summed over positions: 9 is %.3f, . below a twentieth%n",
        most);
    StringBuilder head = new StringBuilder("layer ");
    for (int h = 0; h < nHeads; h++) {
      head.append(("%" + cell + "s").formatted(cell == 2 ? h % 10 : h));
    }
    out.println(head.append("   MLP"));
    for (int l = 0; l < rows.size(); l++) {
      StringBuilder line = new StringBuilder("%5d ".formatted(l));
      for (int h = 0; h < nHeads; h++) {
        line.append(("%" + cell + "s").formatted(digit(rows.get(l)[h], most)));
      }
      out.println(line.append("%6s".formatted(digit(rows.get(l)[nHeads], most))));
    }
  }

  /** Sums over positions: of each head, then of the MLP. */
  private static double[] sums(LayerScores layer) {
    int nHeads = layer.attention().dim(0);
    double[] sums = new double[nHeads + 1];
    for (int t = 0; t < layer.mlp().length; t++) {
      for (int h = 0; h < nHeads; h++) {
        sums[h] += layer.head(h, t);
      }
      sums[nHeads] += layer.mlp()[t];
    }
    return sums;
  }

  private static String digit(double x, double most) {
    long digit = most == 0 ? 0 : Math.round(9 * Math.abs(x) / most);
    return digit == 0 ? "." : (x < 0 ? "-" : "+") + digit;
  }

  /** One term, or one MLP at a position. */
  private record Part(String name, double score) {}

  private void largest(ComponentScores components, PrintStream out) {
    List<Part> parts = new ArrayList<>();
    for (int l = 0; l < components.layers().size(); l++) {
      LayerScores layer = components.layers().get(l);
      for (int q = 0; q < layer.mlp().length; q++) {
        parts.add(new Part("layer %2d  MLP      %s".formatted(l, at(q)), layer.mlp()[q]));
        for (int h = 0; h < layer.attention().dim(0); h++) {
          for (int k = 0; k <= q; k++) {
            double score = layer.attention().get(h, q, k);
            if (score != 0) {
              parts.add(new Part("layer %2d  head %2d  %s from %s".formatted(l, h, at(q), at(k)), score));
            }
          }
        }
      }
    }
    parts.sort(Comparator.comparingDouble(part -> -Math.abs(part.score())));
    out.println("The largest single ones:");
    for (Part part : parts.subList(0, Math.min(LISTED, parts.size()))) {
      out.printf("  %+9.3f  %s%n", part.score(), part.name());
    }
  }

  private String at(int position) {
    return position + " " + token(position);
  }

  private String token(int position) {
    TokenView token = view.tokens().get(position);
    return TerminalText.quoted(token);
  }
}
