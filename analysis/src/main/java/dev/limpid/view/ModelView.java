package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which model a document is about, and what computed it.
 *
 * @param name a folder or file goes by its own name, never by its path
 * @param family as its configuration names it
 * @param backend null where nothing was computed
 * @param weights tells the SHA-256 of the weights' files, when it is asked: who only looks at a
 *     document need not wait until gigabytes are read
 */
@JsonPropertyOrder({
  "name",
  "family",
  "nLayers",
  "nHeads",
  "dModel",
  "backend",
  "sha256",
  "limpidVersion"
})
public record ModelView(
    String name,
    String family,
    int nLayers,
    int nHeads,
    int dModel,
    @Nullable String backend,
    @JsonIgnore Supplier<? extends @Nullable String> weights,
    String limpidVersion) {

  /**
   * Returns the SHA-256 of the weights' files, one after the other; null where a document does not
   * depend on them, or they cannot be read.
   *
   * @throws java.io.UncheckedIOException if they were changed since, or cannot be read any more
   */
  @JsonProperty
  public @Nullable String sha256() {
    return weights.get();
  }
}
