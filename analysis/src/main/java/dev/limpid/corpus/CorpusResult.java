package dev.limpid.corpus;

import dev.limpid.view.CorpusView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a run over a corpus has found, for what is made of it.
 *
 * @param folder that takes the files
 * @param scratch a folder for what files are made from; it is gone at the end
 * @param facts what makes the model's numbers, in the order to be shown
 * @param rows all samples, in the order of the corpus
 */
public record CorpusResult(
    Path folder,
    Path scratch,
    CorpusView view,
    CorpusStatistics statistics,
    Map<String, String> facts,
    Rows rows) {

  /** Takes one row after the other. */
  public interface RowVisitor {
    /** Takes a row. */
    void row(SampleRow row) throws IOException;
  }

  /** All samples, which are not held. */
  public interface Rows {
    /** Shows each to a visitor. */
    void each(RowVisitor visitor) throws IOException;
  }

  /** Makes one more file of it: there whole or not at all, as {@code OutputFile} writes it. */
  public interface Artifact {
    /** Writes it into the folder. */
    void write(CorpusResult result) throws IOException;
  }
}
