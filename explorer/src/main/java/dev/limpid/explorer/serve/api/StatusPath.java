package dev.limpid.explorer.serve.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.limpid.Version;
import dev.limpid.explorer.serve.Content;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Exchange;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Lane;
import dev.limpid.explorer.serve.Limits;
import dev.limpid.explorer.serve.Models;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Reply;
import dev.limpid.explorer.serve.Traces;
import dev.limpid.model.config.ModelConfig;
import java.util.List;

/** {@code GET /api/status}: what there is to ask, and how busy the server is. */
final class StatusPath implements Endpoint {
  private final Explorer explorer;

  StatusPath(Explorer explorer) {
    this.explorer = explorer;
  }

  /** The answer. */
  record Status(
      String version,
      String defaultModel,
      List<Model> models,
      List<String> backends,
      Limits limits,
      Queue queue,
      Traces.Size cache,
      boolean demo) {}

  /** A model that can be asked. */
  record Model(
      String name,
      String family,
      int nLayers,
      int nHeads,
      @JsonProperty("d_model") int dModel,
      int context,
      boolean loaded,
      List<String> examples) {}

  /** How busy both lanes are, and what became of requests. */
  record Queue(int capacity, int running, int waiting, long done, long cancelled, long refused) {}

  @Override
  public Operation operation() {
    return Operation.get("/api/status", "What there is to ask, what is taken, how busy it is.");
  }

  @Override
  public Reply reply(Exchange exchange) {
    Lane.Counts counts = explorer.passes().counts().plus(explorer.readings().counts());
    return new Reply.Ready(
        Content.json(
            new Status(
                Version.limpid(),
                explorer.models().first(),
                explorer.models().all().stream().map(this::model).toList(),
                explorer.models().backends(),
                explorer.limits(),
                new Queue(
                    explorer.capacity(),
                    counts.running(),
                    counts.waiting(),
                    counts.done(),
                    counts.cancelled(),
                    counts.refused()),
                explorer.traces().size(),
                explorer.isDemo())));
  }

  private Model model(Models.Listed listed) {
    ModelConfig config = listed.source().config();
    return new Model(
        listed.name(),
        config.modelType(),
        config.nLayers(),
        config.nHeads(),
        config.dModel(),
        config.nContext(),
        explorer.models().isOpen(listed.name()),
        listed.examples());
  }
}
