package dev.limpid.explorer.show;

import dev.limpid.view.ContrastView;
import dev.limpid.view.ExplainView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** Which tokens speak for an answer, and which against it, on a page. */
final class ContrastSection {
  /** Amounts that would be shown as 0. */
  private static final double NOTHING = 5e-4;

  private final ExplainView view;
  private final ContrastView contrast;
  private final PageOut page;
  private final double largest;

  /**
   * Prepares the section.
   *
   * @param view an explanation with a contrast
   */
  ContrastSection(ExplainView view, PageOut page) {
    this.view = view;
    this.contrast = Objects.requireNonNull(view.contrast());
    this.page = page;
    this.largest =
        contrast.tokens().stream()
            .mapToDouble(source -> Math.max(source.towards(), source.away()))
            .max()
            .orElse(0);
  }

  /** Writes it. */
  void write() throws IOException {
    String logit = TerminalText.logitName(Objects.requireNonNull(view.answer()), view.distractor());
    page.html().element("h2", "Where " + logit + " came from");
    List<ContrastView.Source> sorted = new ArrayList<>(contrast.tokens());
    sorted.sort(Comparator.comparingDouble(source -> -Math.abs(source.net())));
    page.table(
        List.of("token", "", "", "*towards", "*away", "*net"), sorted, (source, i) -> row(source));
    List<String> rest = new ArrayList<>();
    if (contrast.lost().towards() + contrast.lost().away() > NOTHING) {
      rest.add(
          "arrives nowhere " + Numbers.change(contrast.lost().towards() - contrast.lost().away()));
    }
    if (Math.abs(contrast.biases()) > NOTHING) {
      rest.add("biases " + Numbers.change(contrast.biases()));
    }
    if (!rest.isEmpty()) {
      page.html().element("p", "Beside the tokens: " + String.join(", ", rest) + ".");
    }
    page.small(contrast.note());
  }

  private void row(ContrastView.Source source) throws IOException {
    page.tokenCell(source.position());
    page.side("away", source.away(), largest);
    page.side("towards", source.towards(), largest);
    page.number(Numbers.logit(source.towards()));
    page.number(Numbers.logit(source.away()));
    page.number(Numbers.change(source.net()));
  }
}
