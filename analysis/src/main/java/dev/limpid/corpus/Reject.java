package dev.limpid.corpus;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * A prompt that could not be run: a line of {@code rejects.jsonl}.
 *
 * @param number of the prompt in the corpus, from 0
 * @param file as it was given
 * @param line in the file, from 1
 * @param reason in words
 */
@JsonPropertyOrder({"number", "file", "line", "reason"})
public record Reject(long number, String file, long line, String reason) {
  @Override
  public String toString() {
    return file + ":" + line + ": " + reason;
  }
}
