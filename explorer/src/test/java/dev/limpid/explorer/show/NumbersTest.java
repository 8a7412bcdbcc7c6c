package dev.limpid.explorer.show;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NumbersTest {
  @Test
  void sharesAreInPerCent() {
    assertThat(Numbers.percent(0.4831)).isEqualTo("48.3 %");
    assertThat(Numbers.percent(1)).isEqualTo("100.0 %");
    assertThat(Numbers.percent(0)).isEqualTo("0.0 %");
    assertThat(Numbers.percent(0.0005)).isEqualTo("0.1 %");
    assertThat(Numbers.percent(0.000499)).isEqualTo("<0.1 %");
    assertThat(Numbers.percent(1e-30)).isEqualTo("<0.1 %");
  }

  @Test
  void othersHaveAsManyDecimalsAsTheyMean() {
    assertThat(Numbers.logit(14.73223)).isEqualTo("14.732");
    assertThat(Numbers.change(14.73223)).isEqualTo("+14.732");
    assertThat(Numbers.change(-0.5)).isEqualTo("-0.500");
    assertThat(Numbers.contribution(-0.01749)).isEqualTo("-0.0175");
    assertThat(Numbers.contribution(12345)).isEqualTo("12345.0000");
  }

  @Test
  void aZeroHasNoMinus() {
    assertThat(Numbers.contribution(-0.00001)).isEqualTo("0.0000");
    assertThat(Numbers.change(-0.0001)).isEqualTo("+0.000");
  }

  @Test
  void whatIsNoNumberIsNotPrinted() {
    assertThatThrownBy(() -> Numbers.logit(Double.NaN)).isInstanceOf(NumberFormatException.class);
  }
}
