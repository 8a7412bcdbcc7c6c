package dev.limpid.explorer.show;

import dev.limpid.view.PatchView;
import dev.limpid.view.PatchView.EdgeEffect;
import dev.limpid.view.PatchView.SenderEffects;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The effects of many replacements: a heat map, and the largest of them by name. */
public record PatchText(PatchView view, int width) {
  private static final int LISTED = 10;

  /** An effect and what it is of. */
  private record Named(String name, double effect) {}

  /** Prints it. */
  public void print(PrintStream out) {
    out.println(
        TerminalText.wrapped(
            "What %s does to %s at position %d %s"
                .formatted(
                    what(),
                    TerminalText.metricName(view.metric(), view.answer(), view.distractor()),
                    view.position(),
                    token(view.position())),
            width));
    out.print("  it is " + Numbers.logit(view.base()));
    if (view.span() != null) {
      String span = Numbers.change(view.span());
      out.print(", and " + span + " for the source: an effect of that much is all of it");
    }
    out.println();
    out.println();
    List<Named> named = new ArrayList<>();
    switch (view.effects()) {
      case SenderEffects senders -> senders(senders, named, out);
      case List<?> edges -> edges(edges, named);
      case double[] byLayer -> byLayer(byLayer, named);
      case double[][] rows -> rows(rows, named, out);
      case double[][][] cells -> cells(cells, named, out);
      default -> throw new IllegalStateException("effects of " + view.effects().getClass());
    }
    largest(named, out);
  }

  private String what() {
    String how =
        switch (view.ablation()) {
          case "zero" -> view.renormalise() ? "dropping" : "putting to zero";
          case "patch" -> "taking from the source";
          default -> "putting to the references' mean";
        };
    return view.site() == null
        ? how + " each head and MLP, as " + view.receiver() + " alone reads it,"
        : how + " each " + view.site();
  }

  private void senders(SenderEffects senders, List<Named> named, PrintStream out) {
    named.add(new Named("the embedding", senders.embedding()));
    double[][] heads = senders.headOut();
    for (int l = 0; l < heads.length; l++) {
      for (int h = 0; h < heads[l].length; h++) {
        named.add(new Named("head %d.%d".formatted(l, h), heads[l][h]));
      }
    }
    for (int l = 0; l < senders.mlpOut().length; l++) {
      named.add(new Named("MLP of layer " + l, senders.mlpOut()[l]));
    }
    if (heads.length > 0) {
      HeatMap.ofHeadsAndMlps(heads, senders.mlpOut()).print(out, width);
      out.println();
    }
  }

  private void edges(List<?> edges, List<Named> named) {
    for (Object edge : edges) {
      if (edge instanceof EdgeEffect(int l, int h, int q, int k, double effect)) {
        named.add(
            new Named(
                "head %d.%d  %d %s from %d %s".formatted(l, h, q, token(q), k, token(k)), effect));
      }
    }
  }

  private void byLayer(double[] effects, List<Named> named) {
    for (int i = 0; i < effects.length; i++) {
      named.add(new Named("layer " + layer(i), effects[i]));
    }
  }

  private void rows(double[][] rows, List<Named> named, PrintStream out) {
    boolean isPosition = axis(1).equals("position");
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows[i].length; j++) {
        String name =
            isPosition
                ? "layer %d  %d %s".formatted(layer(i), j, token(j))
                : "%s %d.%d".formatted(axis(1), layer(i), j);
        named.add(new Named(name, rows[i][j]));
      }
    }
    List<String> columns = isPosition ? positions() : HeatMap.heads(rows[0].length);
    new HeatMap(rows, layers(rows.length), columns).print(out, width);
    out.println();
  }

  /** By layer, component and position: the picture has the sum over positions. */
  private void cells(double[][][] cells, List<Named> named, PrintStream out) {
    double[][] sums = new double[cells.length][cells[0].length];
    for (int l = 0; l < cells.length; l++) {
      for (int c = 0; c < cells[l].length; c++) {
        for (int t = 0; t < cells[l][c].length; t++) {
          sums[l][c] += cells[l][c][t];
          named.add(
              new Named(
                  "%s %d.%d at %d %s".formatted(axis(1), layer(l), c, t, token(t)),
                  cells[l][c][t]));
        }
      }
    }
    out.printf("By %s, summed over positions:%n", axis(1));
    new HeatMap(sums, layers(sums.length), HeatMap.heads(sums[0].length)).print(out, width);
    out.println();
  }

  private void largest(List<Named> named, PrintStream out) {
    out.println("The largest effects:");
    named.stream()
        .sorted(Comparator.comparingDouble((Named n) -> -Math.abs(n.effect())))
        .limit(LISTED)
        .forEach(n -> out.printf("  %9s  %s%n", Numbers.change(n.effect()), n.name()));
    if (named.size() > LISTED) {
      out.printf("  of %d%n", named.size());
    }
  }

  private String axis(int i) {
    return view.axes() == null ? "" : view.axes().get(i);
  }

  private int layer(int i) {
    return view.layers() == null ? i : view.layers().get(i);
  }

  private List<String> layers(int count) {
    return IntStream.range(0, count).mapToObj(i -> "layer %2d".formatted(layer(i))).toList();
  }

  private List<String> positions() {
    return view.tokens().stream().map(TerminalText::bare).toList();
  }

  private String token(int position) {
    return TerminalText.quoted(view.tokens().get(position));
  }
}
