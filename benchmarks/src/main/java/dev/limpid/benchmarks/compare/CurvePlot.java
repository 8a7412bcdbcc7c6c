package dev.limpid.benchmarks.compare;

import java.io.IOException;
import java.io.Writer;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Curves as a picture (SVG): both axes logarithmic, so that a power of x is a straight line, every
 * curve named beside its end. Follows the reader's light or dark scheme.
 *
 * @param title what is measured
 * @param note on what
 * @param xAxis what x counts
 * @param samples of each curve by ascending x; curves in the order in which they first occur
 */
record CurvePlot(String title, String note, String xAxis, List<Sample> samples) {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 560;
  private static final int LEFT = 74;
  private static final int RIGHT = 608;
  private static final int TOP = 76;
  private static final int BOTTOM = 500;

  /** Between a curve's end and its name; where the curve ends early, a dotted line leads there. */
  private static final int GAP = 24;

  private static final int LABEL_HEIGHT = 19;

  private static final String STYLE =
      """

      .curves { background: #ffffff; color: #1c1c1c; font: 14px system-ui, sans-serif; }
      .curves text { fill: currentColor; }
      .curves .heading { font-size: 17px; font-weight: 600; }
      .curves .tick, .curves .note { font-size: 13px; opacity: 0.8; }
      .curves .grid { stroke: currentColor; stroke-opacity: 0.14; }
      .curves polyline { fill: none; stroke-linejoin: round; stroke-width: 1.6; }
      .curves .ours polyline { stroke-width: 3; } .curves .ours text { font-weight: 600; }
      .curves .lead { stroke-dasharray: 1 4; stroke-opacity: 0.7; }
      .curves .hue { stroke: var(--hue); } .curves circle, .curves text.named { fill: var(--hue); }
      .ours { --hue: #116329; } .ours.n1 { --hue: #0550ae; } .ours.n2 { --hue: #6639ba; }
      .peer { --hue: #a85400; } .peer.n1 { --hue: #b4105a; } .peer.n2 { --hue: #006d75; }
      .peer.n3 { --hue: #57606a; }
      @media (prefers-color-scheme: dark) {
        .curves { background: #14171c; color: #e8e8e8; }
        .ours { --hue: #4ac26b; } .ours.n1 { --hue: #6cb6ff; } .ours.n2 { --hue: #b48cff; }
        .peer { --hue: #f0a35e; } .peer.n1 { --hue: #ff7eb0; } .peer.n2 { --hue: #4fc3cc; }
        .peer.n3 { --hue: #a3adb8; }
      }
      """;

  /** Maps numbers to pixels by their logarithms. */
  private record Scale(double least, double most, int atLeast, int atMost) {
    double at(double value) {
      double share = Math.log(value / least) / Math.log(most / least);
      return atLeast + share * (atMost - atLeast);
    }
  }

  /** A curve's name: which hue, and how far down it stands. */
  private record Named(String curve, List<Sample> points, String hue, double y) {
    Named at(double other) {
      return new Named(curve, points, hue, other);
    }
  }

  /** Checks that there is something to draw, and that it can be drawn. */
  CurvePlot {
    samples = List.copyOf(samples);
    if (samples.isEmpty()) {
      throw new IllegalArgumentException("no samples to draw");
    }
    for (Sample sample : samples) {
      if (!(sample.x() > 0 && sample.seconds() > 0 && Double.isFinite(sample.seconds()))) {
        throw new IllegalArgumentException("a logarithmic axis has no place for " + sample);
      }
    }
  }

  /** Writes the picture; flushes the writer, does not close it. */
  void write(Writer out) throws IOException {
    try {
      XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out);
      draw(xml);
      xml.flush();
    } catch (XMLStreamException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
    out.write("\n");
    out.flush();
  }

  private void draw(XMLStreamWriter xml) throws XMLStreamException {
    String box = "0 0 " + WIDTH + " " + HEIGHT;
    open(
        xml,
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "class",
        "curves",
        "viewBox",
        box,
        "width",
        "" + WIDTH,
        "height",
        "" + HEIGHT,
        "role",
        "img");
    element(xml, "title", title);
    element(xml, "desc", inWords());
    element(xml, "style", STYLE);
    element(xml, "text", title, "class", "heading", "x", "16", "y", "28");
    element(xml, "text", note, "class", "note", "x", "16", "y", "50");
    axes(xml);
    for (Named curve : apart(named())) {
      curve(xml, curve);
    }
    xml.writeEndElement();
  }

  /** The picture for those who do not see it: where every curve ends. */
  private String inWords() {
    return curves().entrySet().stream()
        .map(curve -> {
          Sample last = curve.getValue().getLast();
          return "%s: %s at %d".formatted(curve.getKey(), spelled(last.seconds()), last.x());
        })
        .collect(Collectors.joining("; ", "Seconds over " + xAxis + ". ", "."));
  }

  private Map<String, List<Sample>> curves() {
    return samples.stream()
        .collect(Collectors.groupingBy(Sample::curve, LinkedHashMap::new, Collectors.toList()));
  }

  private Scale across() {
    int least = samples.stream().mapToInt(Sample::x).min().orElseThrow();
    int most = samples.stream().mapToInt(Sample::x).max().orElseThrow();
    return new Scale(least, Math.max(most, 2.0 * least), LEFT + 12, RIGHT);
  }

  /** Whole powers of ten. */
  private Scale up() {
    double least = samples.stream().mapToDouble(Sample::seconds).min().orElseThrow();
    double most = samples.stream().mapToDouble(Sample::seconds).max().orElseThrow();
    double from = Math.pow(10, Math.floor(Math.log10(least)));
    double to = Math.pow(10, Math.ceil(Math.log10(most)));
    return new Scale(from, Math.max(to, 10 * from), BOTTOM, TOP);
  }

  private void axes(XMLStreamWriter xml) throws XMLStreamException {
    Scale up = up();
    for (double tick = up.least(); tick < up.most() * 1.01; tick *= 10) {
      double y = up.at(tick);
      line(xml, "grid", LEFT, y, RIGHT, y);
      element(
          xml,
          "text",
          spelled(tick),
          "class",
          "tick",
          "text-anchor",
          "end",
          "x",
          "" + (LEFT - 8),
          "y",
          pixels(y + 4));
    }
    Scale across = across();
    for (int tick : samples.stream().mapToInt(Sample::x).distinct().sorted().toArray()) {
      double x = across.at(tick);
      line(xml, "grid", x, TOP, x, BOTTOM);
      element(
          xml,
          "text",
          "" + tick,
          "class",
          "tick",
          "text-anchor",
          "middle",
          "x",
          pixels(x),
          "y",
          "" + (BOTTOM + 20));
    }
    element(
        xml,
        "text",
        xAxis,
        "text-anchor",
        "middle",
        "x",
        "" + (LEFT + RIGHT) / 2,
        "y",
        "" + (BOTTOM + 44));
  }

  /** The curves with their names where they end. */
  private List<Named> named() {
    int[] seen = {0, 0};
    return curves().entrySet().stream()
        .map(curve -> {
          Sample last = curve.getValue().getLast();
          int number = seen[last.ours() ? 0 : 1]++;
          String hue = (last.ours() ? "ours" : "peer") + " n" + number;
          return new Named(curve.getKey(), curve.getValue(), hue, up().at(last.seconds()));
        })
        .toList();
  }

  /** Moves names apart that would overlap, both ways, and then into the picture. */
  private static List<Named> apart(List<Named> curves) {
    List<Named> sorted = curves.stream().sorted(Comparator.comparingDouble(Named::y)).toList();
    double[] y = sorted.stream().mapToDouble(Named::y).toArray();
    for (int round = 0; round < 100; round++) {
      for (int i = 1; i < y.length; i++) {
        double overlap = Math.max(0, LABEL_HEIGHT - (y[i] - y[i - 1]));
        y[i - 1] -= overlap / 2;
        y[i] += overlap / 2;
      }
    }
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.max(y[i], i == 0 ? TOP : y[i - 1] + LABEL_HEIGHT);
    }
    for (int i = y.length - 1; i >= 0; i--) {
      y[i] = Math.min(y[i], i == y.length - 1 ? BOTTOM : y[i + 1] - LABEL_HEIGHT);
    }
    return IntStream.range(0, y.length).mapToObj(i -> sorted.get(i).at(y[i])).toList();
  }

  private void curve(XMLStreamWriter xml, Named curve) throws XMLStreamException {
    Scale across = across();
    Scale up = up();
    open(xml, "g", "class", curve.hue());
    String points =
        curve.points().stream()
            .map(p -> pixels(across.at(p.x())) + "," + pixels(up.at(p.seconds())))
            .collect(Collectors.joining(" "));
    element(xml, "polyline", "", "class", "hue", "points", points);
    for (Sample p : curve.points()) {
      open(
          xml,
          "circle",
          "cx",
          pixels(across.at(p.x())),
          "cy",
          pixels(up.at(p.seconds())),
          "r",
          p.ours() ? "3.5" : "2.5");
      element(xml, "title", p.curve() + ", " + p.x() + ": " + spelled(p.seconds()));
      xml.writeEndElement();
    }
    Sample last = curve.points().getLast();
    line(
        xml,
        "hue lead",
        across.at(last.x()) + 6,
        up.at(last.seconds()),
        RIGHT + GAP - 4,
        curve.y());
    element(
        xml,
        "text",
        curve.curve(),
        "class",
        "named",
        "x",
        "" + (RIGHT + GAP),
        "y",
        pixels(curve.y() + 5));
    xml.writeEndElement();
  }

  private static void line(
      XMLStreamWriter xml, String kind, double x, double y, double toX, double toY)
      throws XMLStreamException {
    element(
        xml,
        "line",
        "",
        "class",
        kind,
        "x1",
        pixels(x),
        "y1",
        pixels(y),
        "x2",
        pixels(toX),
        "y2",
        pixels(toY));
  }

  /** Opens an element; attributes are names and values in turn. */
  private static void open(XMLStreamWriter xml, String name, String... attributes)
      throws XMLStreamException {
    xml.writeCharacters("\n");
    xml.writeStartElement(name);
    for (int i = 0; i < attributes.length; i += 2) {
      xml.writeAttribute(attributes[i], attributes[i + 1]);
    }
  }

  private static void element(XMLStreamWriter xml, String name, String text, String... attributes)
      throws XMLStreamException {
    open(xml, name, attributes);
    xml.writeCharacters(text);
    xml.writeEndElement();
  }

  private static String pixels(double x) {
    return String.format(Locale.ROOT, "%.1f", x);
  }

  /** Two digits, in seconds from one second on, else in milliseconds: 0.25 ms, 31 ms, 1.2 s. */
  static String spelled(double seconds) {
    double value = seconds < 0.9995 ? seconds * 1e3 : seconds;
    int digits = (int) Math.max(0, 1 - Math.floor(Math.log10(value * 1.0001)));
    String number = String.format(Locale.ROOT, "%." + digits + "f", value);
    if (number.contains(".")) {
      number = number.replaceAll("\\.?0+$", "");
    }
    return number + (seconds < 0.9995 ? " ms" : " s");
  }
}
