package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import dev.limpid.backend.opencl.RowProduct.Factor;
import dev.limpid.backend.opencl.Tiles.Tile;
import dev.limpid.tensor.DType;
import dev.limpid.tensor.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/** Products of matrices, of which many may be computed at once. */
final class Products {
  /** As many rows, at most, as are multiplied with a weight that is read once, item by item. */
  static final int FEW = 4;

  private final Session session;
  private final Split split;
  private final Tiles tiles;

  Products(Session session, Split split) {
    this.session = session;
    this.split = split;
    this.tiles =
        split == Split.NONE ? Tiles.of(session.device()) : Tiles.ofTensorCores(session.device());
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
    launch(a, b::addRightTo, Stored.as(DType.F32), c, sizes);
  }

  /**
   * Multiplies matrices with parts of a weight, which lie one after the other along its inputs.
   *
   * @param b of which output {@code i} is column i
   */
  void multiply(View a, OpenClMatrix b, Result c, Sizes sizes) {
    long batch = (long) sizes.k() * b.ofInput();
    launch(
        a,
        launch -> launch.in(b).arg(b.ofInput()).arg(b.ofOutput()).arg(batch).arg(1),
        b.stored(),
        c,
        sizes);
  }

  /**
   * Multiplies rows with weights, in one launch.
   *
   * @param x [m, k]
   * @param factors some, whose elements are stored in one way
   */
  void multiply(Tensor x, List<Factor> factors) {
    List<Factor> some = factors.stream().filter(factor -> factor.out().size() > 0).toList();
    if (some.isEmpty()) {
      return;
    }
    boolean byRows = some.getFirst().row() == 1;
    if (x.dim(0) <= FEW && (byRows || some.getFirst().column() == 1)) {
      multiplyFew(x, some, byRows);
    } else {
      multiplyMany(x, some);
    }
  }

  private void multiplyMany(Tensor x, List<Factor> factors) {
    Factor first = factors.getFirst();
    int n = factors.stream().mapToInt(Factor::n).sum();
    Sizes all = new Sizes(1, x.dim(0), n, x.dim(1), Seen.ALL, 0);
    Tile tile = tile(all);
    View rows = View.of(x, x.dim(1), 1, 0);
    Launch launch = begin(rows, first.weight().stored(), all, tile, factors.size());
    launch.in(first.weight()).arg(first.row()).arg(first.column()).arg(0L).arg(1);
    addBias(launch, first, x);
    launch.out(first.out()).arg(first.n()).arg(0L).arg(false);
    launch.arg(all.m()).arg(first.n()).arg(all.k()).arg(0);
    addFurther(launch, factors, x);
    launch.run(
        groups(factors, tile.width()),
        groups(all.m(), tile.height()),
        1,
        tile.columns(),
        tile.rows());
  }

  private void multiplyFew(Tensor x, List<Factor> factors, boolean byRows) {
    Factor first = factors.getFirst();
    Tile tile = tiles.columns();
    String options =
        first.weight().stored().options()
            + " -DMOST="
            + (x.dim(0) == 1 ? 1 : FEW)
            + " -DPARTS="
            + factors.size()
            + (byRows ? "" : " -DROWS=" + tile.rows() + " -DCOLUMNS=" + tile.columns());
    Launch launch =
        session
            .launch(new Kernel(byRows ? "matvec_rows" : "matvec_columns", options))
            .in(x)
            .in(first.weight())
            .arg(byRows ? first.column() : first.row());
    addBias(launch, first, x);
    launch.out(first.out()).arg(x.dim(0)).arg(first.n()).arg(x.dim(1));
    addFurther(launch, factors, x);
    if (byRows) {
      launch.rows(groups(factors, 1));
    } else {
      launch.run(groups(factors, tile.columns()), 1, 1, tile.columns(), tile.rows());
    }
  }

  private static void addBias(Launch launch, Factor factor, Tensor x) {
    Tensor bias = factor.bias();
    launch.in(bias == null ? x : bias).arg(bias != null);
  }

  /** Adds weights behind the first, as kernels declare them by WEIGHT. */
  private static void addFurther(Launch launch, List<Factor> factors, Tensor x) {
    for (Factor factor : factors.subList(1, factors.size())) {
      launch.in(factor.weight()).arg(factor.row() == 1 ? factor.column() : factor.row());
      addBias(launch, factor, x);
      launch.out(factor.out()).arg(factor.n());
    }
  }

  private static long groups(List<Factor> factors, int ofGroup) {
    return factors.stream().mapToLong(factor -> groups(factor.n(), ofGroup)).sum();
  }

  private void launch(View a, UnaryOperator<Launch> b, Stored stored, Result c, Sizes sizes) {
    if (sizes.batches() == 0 || sizes.m() == 0 || sizes.n() == 0) {
      return;
    }
    Tile tile = tile(sizes);
    Launch launch = b.apply(begin(a, stored, sizes, tile, 1));
    launch.in(a.x()).arg(false);
    // Of a pattern, what lies above its diagonal is written by whoever goes over it next.
    (c.accumulate() ? launch.in(c.x()) : launch.out(c.x()))
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

  private Launch begin(View a, Stored stored, Sizes sizes, Tile tile, int parts) {
    String options =
        "%s -D%s %s -DPARTS=%d %s"
            .formatted(stored.options(), sizes.seen(), tile.options(), parts, split.options())
            .strip();
    return a.addTo(session.launch(new Kernel("matmul", options)));
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
