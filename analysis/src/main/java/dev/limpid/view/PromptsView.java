package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;

/**
 * How much of the last states of many prompts goes through each head and each MLP: {@code POST
 * /api/prompts}.
 *
 * @param prompts how many were run
 * @param heads the mean flow through each, a row of H for each of L layers
 * @param mlps the mean flow through each, [L]
 */
@JsonTypeName("limpid/prompts/1")
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PromptsView(
    ModelView model,
    int prompts,
    List<Skipped> skipped,
    double threshold,
    String mode,
    List<double[]> heads,
    double[] mlps)
    implements Document {

  /**
   * A prompt that could not be run.
   *
   * @param prompt its number, from 0
   */
  public record Skipped(int prompt, String message) {}
}
