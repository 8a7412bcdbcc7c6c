package dev.limpid.explorer.show;

import dev.limpid.view.CorpusView;
import dev.limpid.view.CorpusView.Group;
import dev.limpid.view.CorpusView.Head;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;

/**
 * What a corpus says about a model, in a few lines.
 *
 * @param folder where the rest is
 */
public record CorpusText(CorpusView view, String folder, int width) {
  private static final int SHOWN = 8;

  /** Prints them. */
  public void print(PrintStream out) {
    Group all = view.groups().getFirst();
    out.println(TerminalText.wrapped(headline(view) + ".", width));
    out.println();
    out.println("  head      mean flow   on route   reads self, first, previous, other");
    for (Head head : strongest(all).subList(0, Math.min(SHOWN, all.heads().size()))) {
      out.printf(
          "  %-8s  %9s  %9s   %s%n",
          name(head), Numbers.percent(head.flow()), Numbers.percent(head.onRoute()), reads(head));
    }
    out.println();
    if (view.groups().size() > 1) {
      out.println("  group                 prompts  strongest head");
      for (Group group : view.groups().subList(1, view.groups().size())) {
        Head head = strongest(group).getFirst();
        out.printf(
            "  %s  %6d  %s, %s%n",
            TerminalText.columns(TerminalText.text(groupName(group)), 20),
            group.prompts(),
            name(head),
            Numbers.percent(head.flow()));
      }
      out.println();
    }
    out.println(
        TerminalText.wrapped(
            "All of it: %s/report.html for people, summary.json and tables beside it for programs."
                .formatted(folder),
            width));
  }

  /** Returns what was looked at, in a sentence without its end. */
  static String headline(CorpusView view) {
    return "%s over %,d %s of %,d %s"
        .formatted(
            view.model().name(),
            view.samples(),
            view.samples() == 1 ? "route" : "routes",
            view.prompts(),
            view.prompts() == 1 ? "prompt" : "prompts");
  }

  /** Returns heads by what flows through them, most first. */
  static List<Head> strongest(Group group) {
    return group.heads().stream()
        .sorted(Comparator.comparingDouble((Head h) -> -h.flow()))
        .toList();
  }

  /** Returns the short name of a head, such as L9H6. */
  static String name(Head head) {
    return "L%dH%d".formatted(head.layer(), head.head());
  }

  /** Returns the name of a group; of all prompts, that they are all. */
  static String groupName(Group group) {
    return group.group() == null ? "all prompts" : group.group();
  }

  private static String reads(Head head) {
    CorpusView.Reads reads = head.reads();
    return reads == null
        ? "nothing"
        : "%s, %s, %s, %s"
            .formatted(
                Numbers.percent(reads.self()),
                Numbers.percent(reads.first()),
                Numbers.percent(reads.previous()),
                Numbers.percent(reads.other()));
  }
}
