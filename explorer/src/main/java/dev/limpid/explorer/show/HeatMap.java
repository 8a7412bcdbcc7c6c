package dev.limpid.explorer.show;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Numbers of either sign as a picture: a row a layer, the first at the bottom, and a column a
 * position or a head.
 *
 * <p>A cell is a digit, ninths of the largest number, with its sign; what is less than an
 * eighteenth of it is a dot. Where columns do not fit, those with the largest numbers are shown.
 *
 * @param cells [row][column]
 * @param rows what each row is called
 * @param columns what each column is called
 */
record HeatMap(double[][] cells, List<String> rows, List<String> columns) {
  private static final int LEAST = 3;
  private static final int MARGIN = 11;

  /**
   * Returns the picture of heads, and of MLPs in a column of their own.
   *
   * @param heads [layer][head]; layers may be more than there are MLPs
   * @param mlps [layer]
   */
  static HeatMap ofHeadsAndMlps(double[][] heads, double[] mlps) {
    int nHeads = heads[0].length;
    double[][] cells = new double[heads.length][];
    for (int l = 0; l < heads.length; l++) {
      cells[l] = Arrays.copyOf(heads[l], nHeads + 1);
      cells[l][nHeads] = l < mlps.length ? mlps[l] : 0;
    }
    List<String> columns = new ArrayList<>(heads(nHeads));
    columns.add("MLP");
    return new HeatMap(
        cells, IntStream.range(0, heads.length).mapToObj("layer %2d"::formatted).toList(), columns);
  }

  /** Returns the names of columns of heads. */
  static List<String> heads(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  /** Returns the size of the largest number. */
  double largest() {
    double largest = 0;
    for (double[] row : cells) {
      for (double x : row) {
        largest = Math.max(largest, Math.abs(x));
      }
    }
    return largest;
  }

  /** Prints it, not wider than {@code width}. */
  void print(PrintStream out, int width) {
    double largest = largest();
    List<Integer> shown = shown((width - MARGIN) / LEAST);
    int wide = Math.clamp((width - MARGIN) / Math.max(1, shown.size()), LEAST, 7);
    for (int r = rows.size() - 1; r >= 0; r--) {
      StringBuilder line = new StringBuilder(TerminalText.columns("  " + rows.get(r), MARGIN));
      for (int c : shown) {
        line.append(TerminalText.columns(cell(cells[r][c], largest), wide));
      }
      out.println(line.toString().stripTrailing());
    }
    names(out, shown, wide);
    out.printf("  9 is %s, . is less than an eighteenth of it%n", Numbers.logit(largest));
    if (shown.size() < columns.size()) {
      out.printf("  of %d columns, the %d with the largest%n", columns.size(), shown.size());
    }
  }

  private static String cell(double x, double largest) {
    long digit = largest == 0 ? 0 : Math.round(9 * Math.abs(x) / largest);
    return digit == 0 ? " ." : (x < 0 ? "-" : "+") + digit;
  }

  /** Names under their columns, in rows that take turns where columns are narrow. */
  private void names(PrintStream out, List<Integer> shown, int wide) {
    int turns = Math.min(Math.ceilDiv(8, wide), shown.size());
    for (int turn = 0; turn < turns; turn++) {
      StringBuilder line = new StringBuilder(" ".repeat(MARGIN + turn * wide));
      for (int i = turn; i < shown.size(); i += turns) {
        line.append(TerminalText.columns(columns.get(shown.get(i)), turns * wide - 1)).append(' ');
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private List<Integer> shown(int fit) {
    List<Integer> all = IntStream.range(0, columns.size()).boxed().toList();
    if (all.size() <= fit) {
      return all;
    }
    return all.stream()
        .sorted(Comparator.comparingDouble((Integer c) -> -most(c)))
        .limit(fit)
        .sorted()
        .toList();
  }

  private double most(int column) {
    double most = 0;
    for (double[] row : cells) {
      most = Math.max(most, Math.abs(row[column]));
    }
    return most;
  }
}
