package dev.limpid.explorer.serve.api;

import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Reply;
import java.util.List;

/** {@code GET /api/sentences}: the sentences of the configured file. */
final class SentencesPath implements Endpoint {
  /** The answer. */
  record Sentences(List<String> sentences) {}

  private final Explorer explorer;

  SentencesPath(Explorer explorer) {
    this.explorer = explorer;
  }

  @Override
  public Operation operation() {
    return Operation.get("/api/sentences", "The sentences of the configured file.");
  }

  @Override
  public Reply reply(Exchange exchange) {
    return new Reply.Ready(Content.json(new Sentences(explorer.sentences())));
  }
}
