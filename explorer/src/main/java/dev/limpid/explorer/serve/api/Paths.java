package dev.limpid.explorer.serve.api;

import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Explorer;
import java.util.List;

/** All paths of the interface. */
public final class Paths {
  private Paths() {}

  /** Returns all paths, in the order in which they are described. */
  public static List<Endpoint> all(Explorer explorer) {
    return List.of(
        new OpenApiPath(explorer),
        new StatusPath(explorer),
        new MakeTracePath(explorer),
        new TracePath(explorer),
        new RoutesPath(explorer),
        new HeadsPath(explorer),
        new MapsPath(explorer),
        new NeuronsPath(explorer),
        new LensPath(explorer),
        new UpdatePath(explorer),
        new PartsPath(explorer),
        new SizesPath(explorer),
        new LogitsPath(explorer),
        new ContrastPath(explorer),
        new FaithfulnessPath(explorer),
        new ChangesPath(explorer),
        new ExportPath(explorer),
        new ModelsPath(explorer),
        new ModelPath(explorer),
        new RolesPath(explorer),
        new SentencesPath(explorer),
        new PromptsPath(explorer),
        new GeneratePath(explorer));
  }
}
