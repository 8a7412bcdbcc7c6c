package dev.limpid.routes.export;

import dev.limpid.routes.Edge;
import dev.limpid.routes.Node;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** How numbers and kinds are spelt in all formats. */
final class Spelling {
  private Spelling() {}

  /** Returns a weight, flow or probability: at most 6 decimals, no exponent, no negative zero. */
  static String share(double value) {
    return plain(BigDecimal.valueOf(value).setScale(6, RoundingMode.HALF_EVEN));
  }

  /** Returns a logit: at most 5 decimals, no exponent. */
  static String logit(double value) {
    return plain(BigDecimal.valueOf(value).setScale(5, RoundingMode.HALF_EVEN));
  }

  /** Returns a logit for people, such as "9.98". */
  static String roughLogit(double value) {
    return BigDecimal.valueOf(value).setScale(2, RoundingMode.HALF_EVEN).toPlainString();
  }

  /** Returns a share for people, such as "48.3 %". */
  static String percent(double share) {
    boolean isNothing = share > 0 && share < 0.0005;
    BigDecimal percent = BigDecimal.valueOf(100 * share).setScale(1, RoundingMode.HALF_EVEN);
    return isNothing ? "<0.1 %" : percent.toPlainString() + " %";
  }

  /** Returns a setting exactly, without exponent. */
  static String exact(double value) {
    return plain(BigDecimal.valueOf(value));
  }

  static String kind(Node node) {
    return lower(node.kind());
  }

  static String kind(Edge edge) {
    return switch (edge) {
      case Edge.Residual residual -> "residual";
      case Edge.Attention attention -> "attention";
      case Edge.MlpIn in -> "mlp_in";
      case Edge.MlpOut out -> "mlp_out";
    };
  }

  static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String plain(BigDecimal value) {
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }
}
