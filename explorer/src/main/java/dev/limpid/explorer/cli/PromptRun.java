package dev.limpid.explorer.cli;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.logits.LensReading;
import dev.limpid.attribution.logits.LogitLens;
import dev.limpid.attribution.logits.Prediction;
import dev.limpid.explorer.view.ModelView;
import dev.limpid.explorer.view.PredictionView;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.routes.FlowGraph;
import dev.limpid.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A prompt and the opened model it is for. */
record PromptRun(TokenizedPrompt prompt, Transformer model) {

  /** Runs the prompt, keeping everything where that is little, else the residual states. */
  ForwardTrace trace() {
    ModelConfig c = model.config();
    long nPositions = prompt.tokens().size();
    long numbers =
        c.nLayers() * nPositions * (6L * c.dModel() + 3L * c.dMlp() + c.nHeads() * nPositions);
    boolean little = numbers * Float.BYTES < Runtime.getRuntime().maxMemory() / 8;
    return model.trace(prompt.tokens(), little ? TraceDetail.FULL : TraceDetail.RESIDUALS);
  }

  /** Returns the position a command was asked for: the last where nothing was said. */
  int position(@Nullable Integer asked) {
    int last = prompt.tokens().size() - 1;
    if (asked == null) {
      return last;
    }
    if (asked < 0 || asked > last) {
      throw new CommandFailure(
          "position " + asked + " is not in the prompt, whose positions go from 0 to " + last);
    }
    return asked;
  }

  /** Returns the layer a command was asked for. */
  int layer(int asked) {
    int last = model.config().nLayers() - 1;
    if (asked < 0 || asked > last) {
      throw new CommandFailure(
          "layer " + asked + " is not in the model, whose layers go from 0 to " + last);
    }
    return asked;
  }

  /** Computes all contributions and keeps those above a threshold, with a line of progress. */
  FlowGraph graph(
      ForwardTrace trace, ContributionOptions options, double threshold, Console console) {
    try (ProgressLine progress = new ProgressLine(console)) {
      return FlowGraph.of(
          model,
          trace,
          options,
          threshold,
          done -> progress.steps("contributions of layers", done, trace.nLayers()));
    }
  }

  List<PredictionView> predictions(LensReading reading) {
    return reading.top().stream().map(this::view).toList();
  }

  /** Returns one token of logits [V] as a prediction. */
  PredictionView prediction(Tensor logits, int id) {
    return view(new LogitLens(model, 1).prediction(logits, id));
  }

  private PredictionView view(Prediction p) {
    return new PredictionView(p.id(), prompt.text(p.id()), p.logit(), p.probability(), p.rank());
  }

  ModelView modelView() {
    return new ModelView(
        prompt.location().name(),
        model.config().modelType(),
        model.config().nLayers(),
        model.config().nHeads(),
        model.config().dModel(),
        model.ops().name(),
        Version.limpid());
  }
}
