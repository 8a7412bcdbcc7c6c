package dev.limpid.explorer.serve.api;

import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Explorer;
import java.util.List;

/** All paths of the interface. */
public final class Paths {
  private Paths() {}

  /** Returns all paths. */
  public static List<Endpoint> all(Explorer explorer) {
    return List.of(
        new StatusPath(explorer),
        new MakeTracePath(explorer),
        new TracePath(explorer),
        new RoutesPath(explorer),
        new HeadsPath(explorer),
        new LensPath(explorer));
  }
}
