package dev.limpid.corpus;

import dev.limpid.tensor.files.JsonProblem;
import dev.limpid.view.ModelView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A folder that a run has filled, by its {@code summary.json}.
 *
 * @param model it was run with
 * @param position which positions were samples
 * @param groups the names of its groups
 */
public record CorpusFolder(
    Path path,
    ModelView model,
    String position,
    double threshold,
    String mode,
    List<String> groups) {

  /**
   * Reads what a folder is about.
   *
   * @throws IOException if no run has filled it
   */
  public static CorpusFolder open(Path path) throws IOException {
    Path summary = path.resolve("summary.json");
    try {
      JsonNode root = JsonMapper.shared().readTree(Files.readAllBytes(summary));
      if (!root.path("schema").asString("").equals("limpid/corpus/1")) {
        throw new IOException(summary + ": is no summary of a corpus");
      }
      return new CorpusFolder(
          path,
          model(root.path("model")),
          root.path("position").asString(),
          root.path("threshold").asDouble(),
          root.path("mode").asString(),
          root.path("groups")
              .valueStream()
              .map(group -> group.path("group"))
              .filter(name -> !name.isNull())
              .map(JsonNode::asString)
              .toList());
    } catch (NoSuchFileException e) {
      throw new IOException(
          path + ": no summary.json in it; give a folder that 'limpid corpus' has filled", e);
    } catch (JacksonException e) {
      throw new IOException(summary + ": not valid JSON: " + JsonProblem.reason(e), e);
    }
  }

  private static ModelView model(JsonNode model) {
    @Nullable String sha256 =
        model.path("sha256").isString() ? model.path("sha256").asString() : null;
    return new ModelView(
        model.path("name").asString(""),
        model.path("family").asString(""),
        model.path("n_layers").asInt(0),
        model.path("n_heads").asInt(0),
        model.path("d_model").asInt(0),
        model.path("backend").isString() ? model.path("backend").asString() : null,
        () -> sha256,
        model.path("limpid_version").asString(""));
  }

  /** Returns its own name. */
  public String name() {
    return Objects.toString(path.toAbsolutePath().normalize().getFileName(), "");
  }

  /**
   * Checks that its numbers mean the same as those of another.
   *
   * @throws IOException if they do not: one line says why
   */
  public void requireComparable(CorpusFolder other) throws IOException {
    require("layers", model.nLayers(), other.model.nLayers(), other);
    require("heads in each layer", model.nHeads(), other.model.nHeads(), other);
    require("positions", position, other.position, other);
    require("a threshold of", threshold, other.threshold, other);
    require("mode", mode, other.mode, other);
  }

  private void require(String what, Object here, Object there, CorpusFolder other)
      throws IOException {
    if (!here.equals(there)) {
      throw new IOException(
          "%s and %s cannot be compared: %s %s there, %s %s here; run both alike"
              .formatted(other.path, path, what, there, what, here));
    }
  }

  /**
   * Checks that it has a group.
   *
   * @throws IOException if it has not: one line names those it has
   */
  public void requireGroup(@Nullable String group) throws IOException {
    if (group != null && !groups.contains(group)) {
      throw new IOException(
          "%s: no group '%s' in it; %s"
              .formatted(
                  path,
                  group,
                  groups.isEmpty()
                      ? "it was run without --group-by"
                      : "its groups are " + String.join(", ", groups)));
    }
  }
}
