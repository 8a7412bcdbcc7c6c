package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import dev.limpid.backend.opencl.Tiles.Tile;
import dev.limpid.tensor.DType;
import dev.limpid.tensor.Tensor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Products of matrices, of which many may be computed at once. */
final class Products {
  /** As many rows, at most, as are multiplied with a weight that is read once, item by item. */
  static final int FEW = 4;

  private final Session session;
  private final Tiles tiles;

  Products(Session session) {
    this.session = session;
    this.tiles = Tiles.of(session.device());
  }

  /** What of a causal pattern is known to be 0. */
  enum Seen {
    ALL,
    RESULT_IS_PATTERN,
    LEFT_IS_PATTERN,
    LEFT_IS_TURNED_PATTERN
  }

  /**
   * Matrices in a tensor: element (i, j) of matrix z lies at {@code first + z / group * batch + i *
   * row + j * column}.
   */
  record View(Tensor x, long first, int row, int column, long batch, int group) {
    static View of(Tensor x, int row, int column, long batch) {
      return new View(x, 0, row, column, batch, 1);
    }

    View sharedBy(int group) {
      return new View(x, first, row, column, batch, group);
    }

    View from(long element) {
      return new View(x, element, row, column, batch, group);
    }

    private Launch addTo(Launch launch) {
      return addSteps(launch.in(x, first));
    }

    private Launch addRightTo(Launch launch) {
      return addSteps(launch.in(x, first).arg(0L));
    }

    private Launch addSteps(Launch launch) {
      return launch.arg(row).arg(column).arg(batch).arg(group);
    }
  }

  /**
   * Matrices in the tensor that is written, whose elements in a row lie side by side.
   *
   * @param accumulate whether the product is added to what is there
   */
  record Result(Tensor x, int row, long batch, boolean accumulate) {}

  /**
   * Sizes of a product [m, k] [k, n], of which there are {@code batches}.
   *
   * @param shift how many keys are before the first query's own
   */
  record Sizes(int batches, int m, int n, int k, Seen seen, int shift) {}

  /** Multiplies activations. */
  void multiply(View a, View b, Result c, Sizes sizes) {
    launch(a, b::addRightTo, Stored.as(DType.F32), null, c, sizes);
  }

  /**
   * Multiplies rows of x with parts of a weight.
   *
   * @param b of which the matrices are parts, one after the other along its inputs
   * @param turned whether the products run over outputs, not inputs
   */
  void multiply(
      View a, OpenClMatrix b, boolean turned, @Nullable Tensor bias, Result c, Sizes sizes) {
    int row = turned ? b.ofOutput() : b.ofInput();
    int column = turned ? b.ofInput() : b.ofOutput();
    boolean isPlain = sizes.batches() == 1 && a.row() == sizes.k() && c.row() == sizes.n();
    if (isPlain && sizes.m() <= FEW && (row == 1 || column == 1)) {
      multiplyFew(a.x(), b, row == 1 ? column : row, row == 1, bias, c.x(), sizes);
      return;
    }
    long batch = (long) sizes.k() * row;
    launch(
        a,
        launch -> launch.in(b).arg(row).arg(column).arg(batch).arg(1),
        b.stored(),
        bias,
        c,
        sizes);
  }

  private void multiplyFew(
      Tensor x,
      OpenClMatrix b,
      int stride,
      boolean byRows,
      @Nullable Tensor bias,
      Tensor out,
      Sizes sizes) {
    if (sizes.m() == 0 || sizes.n() == 0) {
      return;
    }
    int most = sizes.m() == 1 ? 1 : FEW;
    String options = b.stored().options() + " -DMOST=" + most;
    Tile tile = tiles.columns();
    Kernel kernel =
        byRows
            ? new Kernel("matvec_rows", options)
            : new Kernel(
                "matvec_columns",
                options + " -DROWS=" + tile.rows() + " -DCOLUMNS=" + tile.columns());
    Launch launch =
        session
            .launch(kernel)
            .in(x)
            .in(b)
            .arg(stride)
            .in(bias == null ? x : bias)
            .arg(bias != null)
            .out(out)
            .arg(sizes.m())
            .arg(sizes.n())
            .arg(sizes.k());
    if (byRows) {
      launch.rows(sizes.n());
    } else {
      int groups = (sizes.n() + tile.columns() - 1) / tile.columns();
      launch.run(groups, 1, 1, tile.columns(), tile.rows());
    }
  }

  private void launch(
      View a,
      UnaryOperator<Launch> b,
      Stored stored,
      @Nullable Tensor bias,
      Result c,
      Sizes sizes) {
    if (sizes.batches() == 0 || sizes.m() == 0 || sizes.n() == 0) {
      return;
    }
    Tile tile = tile(sizes);
    String options = stored.options() + " -D" + sizes.seen() + " " + tile.options();
    Launch launch = a.addTo(session.launch(new Kernel("matmul", options)));
    b.apply(launch).in(bias == null ? a.x() : bias).arg(bias != null);
    boolean writesAll = !c.accumulate() && sizes.seen() != Seen.RESULT_IS_PATTERN;
    (writesAll ? launch.out(c.x()) : launch.in(c.x()))
        .arg(c.row())
        .arg(c.batch())
        .arg(c.accumulate())
        .arg(sizes.m())
        .arg(sizes.n())
        .arg(sizes.k())
        .arg(sizes.shift())
        .run(
            groups(sizes.n(), tile.width()),
            groups(sizes.m(), tile.height()),
            sizes.batches(),
            tile.columns(),
            tile.rows());
  }

  /** The large tile, if there are enough of them for every unit of the device. */
  private Tile tile(Sizes sizes) {
    Tile large = tiles.large();
    long groups =
        groups(sizes.n(), large.width()) * groups(sizes.m(), large.height()) * sizes.batches();
    boolean fills = sizes.m() * 2L > large.height() && sizes.n() * 2L > large.width();
    return fills && groups >= session.device().units() ? large : tiles.small();
  }

  private static long groups(int elements, int ofGroup) {
    return (elements + ofGroup - 1L) / ofGroup;
  }
}
