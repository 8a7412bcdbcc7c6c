package dev.limpid;

import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.load.ModelFiles;
import dev.limpid.models.FileHashes;
import dev.limpid.models.FileStamp;
import dev.limpid.models.ModelLocation;
import dev.limpid.models.ModelSummary;
import dev.limpid.view.Document;
import dev.limpid.view.ModelView;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The document of {@code limpid models info}: what a model is, without running it.
 *
 * @param model as every document names it; null where the summary says why it cannot be run
 * @param summary all that its files say
 */
@JsonTypeName("limpid/models-info/1")
public record ModelInfo(@Nullable ModelView model, @JsonUnwrapped ModelSummary summary)
    implements Document {

  /**
   * Reads the files of a model.
   *
   * @param hashes tells the SHA-256 of the weights, when the document is written
   * @throws IOException if there is no readable config.json
   */
  public static ModelInfo of(ModelLocation location, FileHashes hashes) throws IOException {
    ModelSummary summary = ModelSummary.read(location);
    if (summary.configProblem() != null) {
      return new ModelInfo(null, summary);
    }
    ModelFiles files = location.open();
    ModelConfig config = files.config();
    ModelView model =
        new ModelView(
            location.name(),
            config.modelType(),
            config.nLayers(),
            config.nHeads(),
            config.dModel(),
            null,
            summary.weightsProblem() == null
                ? new WeightsHash(FileStamp.of(files.weightFiles()), hashes, Progress.NONE)
                : () -> null,
            Version.limpid());
    return new ModelInfo(model, summary);
  }
}
