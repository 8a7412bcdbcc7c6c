package dev.limpid.model.plain;

import dev.limpid.model.config.Experts;
import dev.limpid.model.config.HeadNorm;
import dev.limpid.model.config.HeadNorm.Over;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Norm;
import dev.limpid.model.config.Positions;
import dev.limpid.model.config.Residual;
import java.util.Random;

/** Draws all weights that facts ask for; all are floats. */
public final class RandomWeights {
  private final ModelConfig config;
  private final Random random;
  private final PlainWeights weights = new PlainWeights();
  private final boolean weighsShared;

  private RandomWeights(ModelConfig config, Random random) {
    this.config = config;
    this.random = random;
    this.weighsShared = random.nextBoolean();
  }

  /** Draws the weights of a model. */
  public static PlainWeights of(ModelConfig config, Random random) {
    RandomWeights drawn = new RandomWeights(config, random);
    drawn.outside();
    for (int l = 0; l < config.nLayers(); l++) {
      drawn.layer(l, l + ".");
    }
    return drawn.weights;
  }

  private void outside() {
    int width = config.embedding().width().orElse(config.dModel());
    numbers("embedding", config.dVocab(), width, 0, 1);
    if (config.embedding().width().isPresent()) {
      numbers("project_in", config.dModel(), width, 0, 1 / Math.sqrt(width));
      numbers("project_out", width, config.dModel(), 0, 1 / Math.sqrt(width));
    }
    if (config.positions() instanceof Positions.Learned learned) {
      numbers("positions", config.nContext() + learned.offset(), config.dModel(), 0, 0.5);
    }
    if (config.embedding().normed()) {
      norm("embedding_norm", config.norm(), 1, config.dModel());
    }
    if (config.head().normed()) {
      norm("final_norm", config.norm(), 1, config.dModel());
    }
    if (!config.head().tied()) {
      numbers("head", config.dVocab(), width, 0, 0.5);
    }
    if (config.head().bias()) {
      numbers("head.bias", 1, config.dVocab(), 0, 0.3);
    }
  }

  private void layer(int layer, String at) {
    int dModel = config.dModel();
    Residual residual = config.residual();
    if (residual.preNorms()) {
      norm(at + "attention_norm", config.norm(), 1, dModel);
      if (!residual.sharedNorm()) {
        norm(at + "mlp_norm", config.norm(), 1, dModel);
      }
    }
    if (residual.postNorms() || residual.placement() == Residual.Placement.POST_LN) {
      norm(at + "attention_post_norm", config.norm(), 1, dModel);
      norm(at + "mlp_post_norm", config.norm(), 1, dModel);
    }
    int queries = config.nHeads() * config.dHead();
    int keys = config.nKvHeads() * config.dHead();
    boolean bias = config.attention().inputBias();
    linear(at + "query", queries, dModel, bias);
    linear(at + "key", keys, dModel, bias);
    linear(at + "value", keys, dModel, bias);
    linear(at + "out", dModel, queries, config.attention().outputBias());
    config
        .attention()
        .headNorm()
        .ifPresent(norm -> {
          headNorm(at + "query_norm", norm, config.nHeads());
          headNorm(at + "key_norm", norm, config.nKvHeads());
        });
    if (config.attention().scores().sinks()) {
      numbers(at + "sinks", 1, config.nHeads(), 0, 1);
    }
    if (config.mlp().expertsOf(layer).isPresent()) {
      experts(config.mlp().expertsOf(layer).get(), at);
    } else {
      mlp(at, config.mlp().dMlp(), config.mlp().gated(), config.mlp().bias());
    }
  }

  private void mlp(String at, int neurons, boolean gated, boolean bias) {
    if (gated) {
      linear(at + "gate", neurons, config.dModel(), bias);
    }
    linear(at + "up", neurons, config.dModel(), bias);
    linear(at + "down", config.dModel(), neurons, bias);
  }

  private void experts(Experts experts, String at) {
    linear(at + "router", experts.count(), config.dModel(), experts.bias());
    for (int e = 0; e < experts.count(); e++) {
      mlp(at + "expert." + e + ".", experts.dExpert(), true, experts.bias());
    }
    if (experts.dShared().isPresent()) {
      mlp(at + "shared.", experts.dShared().getAsInt(), true, false);
      if (weighsShared) {
        numbers(at + "shared_weight", 1, config.dModel(), 0, 0.5);
      }
    }
  }

  private void headNorm(String name, HeadNorm norm, int nHeads) {
    int d = config.dHead();
    if (norm.over() == Over.EACH_HEAD) {
      norm(name, norm.norm(), 1, d);
    } else if (norm.over() == Over.ALL_HEADS) {
      norm(name, norm.norm(), 1, nHeads * d);
    } else {
      norm(name, norm.norm(), nHeads, d);
    }
  }

  private void norm(String name, Norm norm, int rows, int width) {
    if (norm.gain() != Norm.Gain.NONE) {
      numbers(name + ".gain", rows, width, 1, 0.3);
    }
    if (norm.bias()) {
      numbers(name + ".bias", 1, width, 0, 0.3);
    }
  }

  private void linear(String name, int outputs, int inputs, boolean bias) {
    numbers(name, outputs, inputs, 0, 1.2 / Math.sqrt(inputs));
    if (bias) {
      numbers(name + ".bias", 1, outputs, 0, 0.4);
    }
  }

  private void numbers(String name, int rows, int width, double mean, double deviation) {
    double[][] all = new double[rows][width];
    for (double[] row : all) {
      for (int i = 0; i < width; i++) {
        row[i] = (float) (mean + deviation * random.nextGaussian());
      }
    }
    weights.put(name, all);
  }
}
