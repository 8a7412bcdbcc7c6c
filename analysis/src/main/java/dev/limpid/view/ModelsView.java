package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.limpid.models.ModelLocation;
import java.util.List;

/** The document of {@code limpid models list}. */
@JsonTypeName("limpid/models-list/1")
public record ModelsView(String limpidVersion, List<Model> models) implements Document {

  /** A model and where it was found. */
  public record Model(String name, String origin, String folder) {}

  /** Returns the document of some models. */
  public static ModelsView of(String limpidVersion, List<ModelLocation> locations) {
    return new ModelsView(
        limpidVersion,
        locations.stream()
            .map(at ->
                new Model(at.name(), at.origin().words(), at.folder().toAbsolutePath().toString()))
            .toList());
  }
}
