package dev.limpid.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

/** Made-up curves, drawn. */
@NullMarked
class CurvePlotTest {
  private static final List<Sample> SAMPLES =
      Stream.of(
              curve("Limpid: forward, all kept", true, 2048, t -> 0.02 + 1.2e-3 * t + 5e-7 * t * t),
              curve("Hugging Face: forward", false, 2048, t -> 0.08 + 2.2e-3 * t + 8e-7 * t * t),
              curve("TransformerLens 4: run_with_cache", false, 1024, t -> 0.12 + 2.3e-3 * t),
              curve("TransformerLens 2.18: per head", false, 512, t -> 0.1 + 0.017 * t),
              curve("Limpid: contributions", true, 2048, t -> 3e-4 * t + 4e-7 * t * t),
              curve("torch: contributions", false, 128, t -> 8e-4 * t * t),
              curve("Limpid: routes of all T", true, 2048, t -> 1e-4 + 1.2e-7 * t * t))
          .flatMap(List::stream)
          .toList();

  private static List<Sample> curve(
      String name, boolean ours, int longest, IntToDoubleFunction seconds) {
    return IntStream.of(16, 32, 64, 128, 256, 512, 1024, 2048)
        .filter(t -> t <= longest)
        .mapToObj(t -> new Sample(name, ours, t, seconds.applyAsDouble(t)))
        .toList();
  }

  private static String drawn(List<Sample> samples) throws IOException {
    StringWriter out = new StringWriter();
    new CurvePlot("Time over T & more", "made up", "T", samples).write(out);
    return out.toString();
  }

  private static Document parsed(List<Sample> samples) throws Exception {
    return DocumentBuilderFactory.newDefaultInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(drawn(samples))));
  }

  private static List<Element> elements(Document svg, String name) {
    var found = svg.getElementsByTagName(name);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
  }

  private static List<Element> names(Document svg) {
    return elements(svg, "text").stream()
        .filter(text -> text.getAttribute("class").equals("named"))
        .toList();
  }

  @Test
  void everyCurveIsALineThroughItsPointsWithItsName() throws Exception {
    Document svg = parsed(SAMPLES);
    assertThat(elements(svg, "polyline")).hasSize(7);
    assertThat(elements(svg, "circle")).hasSize(SAMPLES.size());
    assertThat(names(svg))
        .extracting(Element::getTextContent)
        .containsExactlyInAnyOrderElementsOf(
            SAMPLES.stream().map(Sample::curve).distinct().toList());
    assertThat(elements(svg, "desc").getFirst().getTextContent())
        .contains("torch: contributions: 13 s at 128");
  }

  @Test
  void namesDoNotOverlapAndStayInThePicture() throws Exception {
    List<Sample> together =
        Stream.concat(
                IntStream.range(0, 5).boxed().flatMap(i -> crowded("low " + i, 1.0001 + 1e-6 * i)),
                IntStream.range(0, 5).boxed().flatMap(i -> crowded("high " + i, 9.999 + 1e-6 * i)))
            .toList();
    for (List<Sample> samples : List.of(SAMPLES, together)) {
      List<Element> names = names(parsed(samples));
      double[] heights =
          names.stream()
              .mapToDouble(e -> Double.parseDouble(e.getAttribute("y")))
              .sorted()
              .toArray();
      assertThat(heights).hasSize((int) samples.stream().map(Sample::curve).distinct().count());
      for (int i = 1; i < heights.length; i++) {
        assertThat(heights[i] - heights[i - 1]).isGreaterThan(17);
      }
      assertThat(heights[0]).isGreaterThan(60);
      assertThat(Arrays.stream(heights).max().orElseThrow()).isLessThan(520);
    }
  }

  private static Stream<Sample> crowded(String name, double seconds) {
    return Stream.of(new Sample(name, true, 16, seconds), new Sample(name, true, 32, seconds));
  }

  @Test
  void aPowerOfXIsAStraightLine() throws Exception {
    Document svg = parsed(curve("square", true, 2048, t -> 1e-6 * t * t));
    double[][] points =
        Stream.of(elements(svg, "polyline").getFirst().getAttribute("points").split(" "))
            .map(p -> Stream.of(p.split(",")).mapToDouble(Double::parseDouble).toArray())
            .toArray(double[][]::new);
    assertThat(points).hasDimensions(8, 2);
    for (int i = 2; i < points.length; i++) {
      for (int axis = 0; axis < 2; axis++) {
        assertThat(points[i][axis] - points[i - 1][axis])
            .isCloseTo(points[1][axis] - points[0][axis], within(0.21)); // of rounded pixels
      }
    }
    assertThat(points[1][1]).as("larger is higher").isLessThan(points[0][1]);
  }

  @ParameterizedTest
  @CsvSource({
    "0.00001,0.01 ms",
    "0.00025,0.25 ms",
    "0.001,1 ms",
    "0.0314,31 ms",
    "0.1,100 ms",
    "0.99951,1 s",
    "1,1 s",
    "1.234,1.2 s",
    "10,10 s",
    "100,100 s",
    "0.0000999999999999999,0.1 ms"
  })
  void timesAreSpelledWithTwoDigits(double seconds, String spelled) {
    assertThat(CurvePlot.spelled(seconds)).isEqualTo(spelled);
  }

  @Test
  void whatHasNoLogarithmIsRefused() {
    assertThatThrownBy(() -> drawn(List.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> drawn(List.of(new Sample("a", true, 16, 0))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("seconds=0.0");
    assertThatThrownBy(() -> drawn(List.of(new Sample("a", true, 16, Double.NaN))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** For the eye: target/curves.svg. */
  @Test
  void onePointIsDrawnToo() throws Exception {
    assertThat(elements(parsed(SAMPLES.subList(0, 1)), "circle")).hasSize(1);
    Files.writeString(Path.of("target/curves.svg"), drawn(SAMPLES));
  }
}
