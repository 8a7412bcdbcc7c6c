package dev.limpid.backend.opencl;

import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Products of the same rows with one weight or a few, such as those to queries, keys and values.
 *
 * @param x [m, k]
 * @param factors whose elements are stored in one way
 */
record RowProduct(Products products, Tensor x, List<Factor> factors) implements Step {
  /** The kernels take no more. */
  static final int MOST = 3;

  /**
   * A weight, and where the product with it goes.
   *
   * @param turned whether the products run over outputs, not inputs
   * @param out [m, n]
   */
  record Factor(OpenClMatrix weight, boolean turned, @Nullable Tensor bias, Tensor out) {
    /** Returns the elements from one number that is summed over to the next. */
    int row() {
      return turned ? weight.ofOutput() : weight.ofInput();
    }

    /** Returns the elements from one number of the result to the next. */
    int column() {
      return turned ? weight.ofInput() : weight.ofOutput();
    }

    /** Returns n. */
    int n() {
      return out.dim(1);
    }

    private boolean isStoredAs(Factor other) {
      return weight.stored().options().equals(other.weight.stored().options())
          && (row() == 1) == (other.row() == 1)
          && (column() == 1) == (other.column() == 1);
    }
  }

  @Override
  public Optional<Step> with(Step next) {
    if (next instanceof RowProduct other && Step.same(x, other.x) && fits(other.factors)) {
      List<Factor> all = new ArrayList<>(factors);
      all.addAll(other.factors);
      return Optional.of(new RowProduct(products, x, List.copyOf(all)));
    }
    return Optional.empty();
  }

  private boolean fits(List<Factor> others) {
    List<Tensor> written = factors.stream().map(Factor::out).toList();
    List<Tensor> touched =
        Stream.concat(Stream.of(x), others.stream().flatMap(f -> Stream.of(f.out, biasOrOut(f))))
            .toList();
    return factors.size() + others.size() <= MOST
        && others.stream().allMatch(factors.getFirst()::isStoredAs)
        && Step.apart(written, touched)
        && Step.apart(List.of(x), others.stream().map(Factor::out).toList());
  }

  private static Tensor biasOrOut(Factor factor) {
    return Objects.requireNonNullElse(factor.bias, factor.out);
  }

  @Override
  public void launch() {
    products.multiply(x, factors);
  }
}
