package dev.limpid.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonOutTest {
  record Numbers(
      double zWeight,
      @Decimals(Decimals.LOGIT) double aLogit,
      float single,
      @Decimals(2) List<Double> list,
      @Decimals(3) double[] array,
      BigDecimal threshold,
      long count) {}

  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  record Head(int head, double weight) {}

  record Edge(
      @Nullable String text,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Head> heads) {}

  private static String json(Object document) {
    return new String(JsonOut.bytes(document), StandardCharsets.UTF_8);
  }

  @Test
  void numbersArePlainDecimalsInTheRecordsOrder() {
    Numbers numbers =
        new Numbers(
            1e-7,
            -123456.789012,
            0.1f,
            List.of(1e10, 0.005),
            new double[] {-0.0001, 2.0 / 3},
            new BigDecimal("0.04"),
            1L << 40);
    assertThat(json(numbers))
        .isEqualTo(
            """
            {"z_weight":0.000000,"a_logit":-123456.78901,"single":0.100000,\
            "list":[10000000000.00,0.01],"array":[0.000,0.667],"threshold":0.04,\
            "count":1099511627776}
            """);
  }

  @Test
  void recordsCanBeArraysAndKeysCanBeLeftOut() {
    assertThat(json(new Edge("ä\n😀", List.of(new Head(4, 0.09)))))
        .isEqualTo("{\"text\":\"ä\\n😀\",\"heads\":[[4,0.090000]]}\n");
    assertThat(json(new Edge(null, null))).isEqualTo("{\"text\":null}\n");
  }

  @Test
  void whatIsNoNumberIsNoDocument() {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> json(new Head(1, bad))).hasMessageContaining(Double.toString(bad));
    }
  }
}
