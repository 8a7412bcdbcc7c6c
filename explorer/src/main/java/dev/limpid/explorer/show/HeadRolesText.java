package dev.limpid.explorer.show;

import dev.limpid.attribution.heads.HeadRole;
import dev.limpid.attribution.heads.HeadRoles;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which head does what, role by role.
 *
 * @param listed the most heads of a role that are shown, those with the highest scores
 * @param width how many columns a line may have
 */
public record HeadRolesText(List<HeadRoles.Played> played, int listed, int width) {
  private static final String NOTE =
      "Beside a head stands the share of its attention that goes there, on average over the prompts"
          + " it was measured on. Less than what a role begins at is not listed; --json has all.";

  /** Prints it. */
  public void print(PrintStream out) {
    if (played.isEmpty()) {
      out.println("No head passes the threshold of a role; --json shows all scores.");
      return;
    }
    Map<HeadRole, List<HeadRoles.Played>> byRole =
        played.stream()
            .collect(
                Collectors.groupingBy(
                    HeadRoles.Played::role,
                    () -> new EnumMap<>(HeadRole.class),
                    Collectors.toList()));
    byRole.forEach((role, heads) -> print(role, heads, out));
    out.println();
    TerminalText.wrapped(NOTE, width).lines().forEach(out::println);
  }

  private void print(HeadRole role, List<HeadRoles.Played> heads, PrintStream out) {
    out.printf("%s (from %s)%n", words(role), TerminalText.exact(role.threshold()));
    for (HeadRoles.Played head : heads.subList(0, Math.min(listed, heads.size()))) {
      out.printf(
          "  layer %2d  head %2d  %s%n",
          head.head().layer(), head.head().head(), Numbers.logit(head.score()));
    }
    if (heads.size() > listed) {
      out.printf("  and %d more; --all lists them%n", heads.size() - listed);
    }
  }

  private static String words(HeadRole role) {
    return switch (role) {
      case PREVIOUS_TOKEN -> "Previous token: looks at the token before";
      case INDUCTION -> "Induction: looks at what followed the same token before";
      case DUPLICATE_TOKEN -> "Duplicate token: looks at the same token before";
      case FIRST_TOKEN -> "First token: rests there";
      case NAME_MOVER -> "Name mover: looks at the name that is the answer, and copies it";
    };
  }
}
