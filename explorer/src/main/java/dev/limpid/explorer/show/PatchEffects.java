package dev.limpid.explorer.show;

import dev.limpid.view.PatchView;
import dev.limpid.view.PatchView.EdgeEffect;
import dev.limpid.view.PatchView.SenderEffects;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The effects of a document of {@code limpid patch} in the forms they are shown in: each by its
 * name, and as a picture where they are by layer and something else.
 */
final class PatchEffects {
  /** An effect and what it is of. */
  record Named(String name, double effect) {}

  private final PatchView view;
  private final Function<Integer, String> token;
  private final List<Named> named = new ArrayList<>();
  private @Nullable HeatMap map;
  private String caption = "";

  /**
   * Reads a document.
   *
   * @param token how a position's token is written
   */
  PatchEffects(PatchView view, Function<Integer, String> token) {
    this.view = view;
    this.token = token;
    switch (view.effects()) {
      case SenderEffects senders -> senders(senders);
      case List<?> edges -> edges(edges);
      case double[] byLayer -> byLayer(byLayer);
      case double[][] rows -> rows(rows);
      case double[][][] cells -> cells(cells);
      default -> throw new IllegalStateException("effects of " + view.effects().getClass());
    }
    named.sort(Comparator.comparingDouble((Named n) -> -Math.abs(n.effect())));
  }

  /** Returns all, the largest first. */
  List<Named> named() {
    return named;
  }

  /** Returns the picture; null where there is none. */
  @Nullable HeatMap map() {
    return map;
  }

  /** Returns what the picture shows, where that is not all; else nothing. */
  String caption() {
    return caption;
  }

  /** Returns what was done, such as "putting to zero each head_out". */
  String what() {
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

  private void senders(SenderEffects senders) {
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
      map = HeatMap.ofHeadsAndMlps(heads, senders.mlpOut());
    }
  }

  private void edges(List<?> edges) {
    for (Object edge : edges) {
      if (edge instanceof EdgeEffect(int l, int h, int q, int k, double effect)) {
        named.add(
            new Named(
                "head %d.%d  %d %s from %d %s"
                    .formatted(l, h, q, token.apply(q), k, token.apply(k)),
                effect));
      }
    }
  }

  private void byLayer(double[] effects) {
    for (int i = 0; i < effects.length; i++) {
      named.add(new Named("layer " + layer(i), effects[i]));
    }
  }

  private void rows(double[][] rows) {
    boolean isPosition = axis(1).equals("position");
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows[i].length; j++) {
        String name =
            isPosition
                ? "layer %d  %d %s".formatted(layer(i), j, token.apply(j))
                : "%s %d.%d".formatted(axis(1), layer(i), j);
        named.add(new Named(name, rows[i][j]));
      }
    }
    map =
        new HeatMap(
            rows, layers(rows.length), isPosition ? positions() : HeatMap.heads(rows[0].length));
  }

  /** By layer, component and position: the picture has the sum over positions. */
  private void cells(double[][][] cells) {
    double[][] sums = new double[cells.length][cells[0].length];
    for (int l = 0; l < cells.length; l++) {
      for (int c = 0; c < cells[l].length; c++) {
        for (int t = 0; t < cells[l][c].length; t++) {
          sums[l][c] += cells[l][c][t];
          named.add(
              new Named(
                  "%s %d.%d at %d %s".formatted(axis(1), layer(l), c, t, token.apply(t)),
                  cells[l][c][t]));
        }
      }
    }
    caption = "By %s, summed over positions".formatted(axis(1));
    map = new HeatMap(sums, layers(sums.length), HeatMap.heads(sums[0].length));
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
}
