package dev.limpid.explorer.show;

import dev.limpid.attribution.heads.HeadRoles;
import java.io.PrintStream;
import java.util.List;

/** Which head does what. */
public record HeadRolesText(List<HeadRoles.Played> played) {

  /** Prints it. */
  public void print(PrintStream out) {
    if (played.isEmpty()) {
      out.println("No head passes the threshold of a role; --json shows all scores.");
      return;
    }
    out.println("layer  head  role             score");
    for (HeadRoles.Played role : played) {
      out.printf(
          "%5d  %4d  %-15s  %5.3f%n",
          role.head().layer(), role.head().head(), role.role(), role.score());
    }
  }
}
