package dev.limpid.view;

import dev.limpid.models.ModelLocation;
import java.util.List;

/** The document of {@code limpid models list}. */
public record ModelsView(List<Model> models) {

  /** A model and where it was found. */
  public record Model(String name, String origin, String folder) {}

  /** Returns the document of some models. */
  public static ModelsView of(List<ModelLocation> locations) {
    return new ModelsView(
        locations.stream()
            .map(at ->
                new Model(at.name(), at.origin().words(), at.folder().toAbsolutePath().toString()))
            .toList());
  }
}
