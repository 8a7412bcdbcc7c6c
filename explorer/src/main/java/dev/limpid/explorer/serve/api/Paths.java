package dev.limpid.explorer.serve.api;

import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Models;
import java.io.IOException;
import java.util.List;

/** All paths of the interface. */
public final class Paths {
  private Paths() {}

  /**
   * Runs the text that the page opens with, where the first model has one, so that it is there
   * before anybody looks.
   *
   * @throws IOException if the model's files cannot be read
   */
  public static void prepare(Explorer explorer) throws IOException {
    Models models = explorer.models();
    Models.Listed first = models.require(models.first());
    if (!first.examples().isEmpty()) {
      MakeTracePath.prepare(explorer, first, first.examples().getFirst());
    }
  }

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
        new TokenPath(explorer),
        new SentencesPath(explorer),
        new PromptsPath(explorer),
        new GeneratePath(explorer));
  }
}
