package dev.limpid.explorer.serve;

import dev.limpid.QuestionException;
import java.io.IOException;

/** One path of the interface. */
public interface Endpoint {
  /** Returns what it does. */
  Operation operation();

  /**
   * Understands a request.
   *
   * @throws Refusal if it cannot be answered
   */
  Reply reply(Exchange exchange) throws IOException, QuestionException;
}
