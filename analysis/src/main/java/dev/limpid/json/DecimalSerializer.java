package dev.limpid.json;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/** Writes floating point numbers, alone or in arrays, with a fixed number of decimals. */
final class DecimalSerializer extends ValueSerializer<Object> {
  private final int decimals;

  DecimalSerializer(int decimals) {
    this.decimals = decimals;
  }

  @Override
  public ValueSerializer<?> createContextual(
      SerializationContext context, @Nullable BeanProperty property) {
    @Nullable Decimals asked = property == null ? null : property.getAnnotation(Decimals.class);
    return asked == null ? this : new DecimalSerializer(asked.value());
  }

  @Override
  public void serialize(Object value, JsonGenerator json, SerializationContext context) {
    switch (value) {
      case Number number -> write(number.doubleValue(), json);
      case double[] numbers -> {
        json.writeStartArray();
        for (double number : numbers) {
          write(number, json);
        }
        json.writeEndArray();
      }
      case float[] numbers -> {
        json.writeStartArray();
        for (float number : numbers) {
          write(number, json);
        }
        json.writeEndArray();
      }
      default -> throw new IllegalArgumentException("not a number: " + value.getClass());
    }
  }

  private void write(double number, JsonGenerator json) {
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException("a number of the JSON document is " + number);
    }
    json.writeNumber(plain(number, decimals));
  }

  /** Returns a number with that many decimals, without exponent; never "-0.000". */
  static String plain(double number, int decimals) {
    BigDecimal rounded = new BigDecimal(number).setScale(decimals, RoundingMode.HALF_EVEN);
    return rounded.signum() == 0
        ? BigDecimal.ZERO.setScale(decimals).toPlainString()
        : rounded.toPlainString();
  }
}
