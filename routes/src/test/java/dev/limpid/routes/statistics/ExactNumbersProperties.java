package dev.limpid.routes.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** What the monoid is made of: rounded numbers, exact sums, quantiles, distances. */
class ExactNumbersProperties {
  @Property
  void millionthsAreTheDecimalsOfDocuments(@ForAll @DoubleRange(min = -20, max = 20) double x) {
    long expected =
        BigDecimal.valueOf(x).setScale(6, RoundingMode.HALF_EVEN).unscaledValue().longValue();
    assertThat(Millionths.of(x)).isEqualTo(expected);
  }

  @Property
  void halvesGoToTheEvenNeighbour(@ForAll @LongRange(min = 0, max = 1_000_000) long n) {
    double half = Double.parseDouble(n / 1_000_000 + "." + "%06d5".formatted(n % 1_000_000));
    assertThat(Millionths.of(half)).isEqualTo(n % 2 == 0 ? n : n + 1);
  }

  @Property
  void sumsAreExact(@ForAll long[] amounts, @ForAll @IntRange(max = 60) int doublings)
      throws IOException {
    ExactSums sums = new ExactSums(2);
    BigInteger expected = BigInteger.ZERO;
    for (long amount : amounts) {
      sums.add(1, amount);
      expected = expected.add(BigInteger.valueOf(amount));
    }
    for (int i = 0; i < doublings; i++) {
      ExactSums same = new ExactSums(2);
      same.add(sums);
      sums.add(same);
      expected = expected.shiftLeft(1);
    }
    assertThat(sums.get(1)).isEqualTo(expected);
    assertThat(sums.isZero(0)).isTrue();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    sums.write(new DataOutputStream(bytes));
    ExactSums read =
        ExactSums.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    assertThat(read.get(1)).isEqualTo(expected);
  }

  @Property(tries = 40)
  void quantilesAreExactUpToTenThousandAndBeyondWithinOneInAHundred(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 30_000) int count) {
    Random random = new Random(seed);
    int[] shares = new int[count];
    Arrays.setAll(
        shares,
        i ->
            random.nextInt(3) == 0
                ? 0
                : (int) Math.min(1_000_000, Math.round(Math.exp(-14 * random.nextDouble()) * 1e6)));
    FlowQuantiles one = new FlowQuantiles();
    FlowQuantiles front = new FlowQuantiles();
    FlowQuantiles back = new FlowQuantiles();
    int cut = random.nextInt(count);
    for (int i = 0; i < count; i++) {
      one.add(shares[i]);
      (i < cut ? front : back).add(shares[i]);
    }
    back.add(front);
    Arrays.sort(shares);
    for (int percent : new int[] {1, 50, 90, 99, 100}) {
      double exact = shares[(int) Math.ceilDiv((long) count * percent, 100) - 1] / 1e6;
      double allowed = count <= FlowQuantiles.EXACT ? 0 : 0.01 * exact;
      assertThat(one.quantile(percent)).isCloseTo(exact, within(allowed + 1e-15));
      assertThat(back.quantile(percent)).isEqualTo(one.quantile(percent));
    }
  }

  @Example
  void bucketsOfDistancesEndAtPowersOfTwo() {
    int[] distances = {0, 1, 2, 3, 4, 5, 8, 9, 16, 17};
    int[] ends = {0, 1, 2, 4, 4, 8, 8, 16, 16, 32};
    for (int i = 0; i < distances.length; i++) {
      assertThat(Distance.upperEnd(Distance.bucket(distances[i]))).isEqualTo(ends[i]);
    }
  }
}
