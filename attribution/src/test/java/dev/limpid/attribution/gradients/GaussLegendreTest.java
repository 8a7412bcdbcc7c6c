package dev.limpid.attribution.gradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GaussLegendreTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 16, 64, 207})
  void polynomialsHaveTheirMean(int n) {
    List<GaussLegendre> points = GaussLegendre.points(n);
    assertThat(points).hasSize(n);
    for (int i = 1; i < n; i++) {
      assertThat(points.get(i).at()).isBetween(points.get(i - 1).at(), 1.0);
    }
    for (int degree = 0; degree < 2 * n; degree++) {
      int power = degree;
      double mean = points.stream().mapToDouble(p -> p.weight() * Math.pow(p.at(), power)).sum();
      assertThat(mean).as("x^%d", degree).isCloseTo(1.0 / (degree + 1), within(1e-13));
    }
    double beyond = points.stream().mapToDouble(p -> p.weight() * Math.pow(p.at(), 2 * n)).sum();
    assertThat(Math.abs(beyond - 1.0 / (2 * n + 1)) > 1e-13).isEqualTo(n < 16);
  }
}
