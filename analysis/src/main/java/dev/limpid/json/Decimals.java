package dev.limpid.json;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How many decimals a floating point number of a JSON document gets; 6 where nothing is said.
 *
 * <p>It can stand on a number, an array or list of numbers, or a map with numbers as values.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD, ElementType.RECORD_COMPONENT})
public @interface Decimals {
  /** The decimals of logits. */
  int LOGIT = 5;

  /** The decimals of weights and probabilities. */
  int WEIGHT = 6;

  /** Returns the number of decimals. */
  int value();
}
