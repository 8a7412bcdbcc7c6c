package dev.limpid.explorer.serve;

import dev.limpid.Analysis;
import dev.limpid.LanguageModel;
import dev.limpid.QuestionException;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.json.JsonOut;
import dev.limpid.routes.FittingThreshold;
import dev.limpid.view.TraceView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run of a prompt that questions are asked about: residual states, the parts of states above the
 * finest threshold, predictions. Whatever else is asked for is computed from these.
 *
 * @param analysis asked through {@link Analysis#heardBy}, so that it does not grow
 * @param document the answer that made it; not modified
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Trace(
    String id, Analysis analysis, ContributionOptions options, byte[] document, long bytes) {
  private static final int PREDICTIONS = 5;
  private static final int ID_BYTES = 8;

  /**
   * Runs a prompt.
   *
   * @param listener hears how far it is
   */
  public static Trace of(
      String id, Analysis analysis, ContributionOptions options, Listener listener)
      throws QuestionException {
    Analysis run = analysis.heardBy(listener);
    long parts = run.graph(options, FittingThreshold.FINEST).bytes();
    TraceView view =
        new TraceView(
            id,
            run.model().view(),
            run.hasStateBetween(),
            run.prompt().tokenViews(),
            run.predictions(PREDICTIONS));
    byte[] document = JsonOut.bytes(view);
    return new Trace(
        id,
        run.heardBy(dev.limpid.Progress.NONE),
        options,
        document,
        parts + run.trace().residualBytes() + document.length);
  }

  /** Returns the id of the run of some tokens: the same in every process. */
  public static String id(LanguageModel model, List<Integer> tokens, ContributionOptions options)
      throws IOException {
    Map<String, String> facts = new LinkedHashMap<>(model.facts());
    facts.remove("jdk");
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest((facts + " " + tokens + " " + options).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
