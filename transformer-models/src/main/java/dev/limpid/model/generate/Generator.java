package dev.limpid.model.generate;

import dev.limpid.model.KeyValueCache;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Continues a text token by token; each is computed when it is asked for.
 *
 * <pre>{@code
 * Generator generator = new Generator(model, tokens, 50);
 * while (generator.hasNext()) {
 *   Step step = generator.next();
 *   System.out.printf("%d %.3f%n", step.token(), step.probability());
 * }
 * System.out.println(generator.stopReason().orElseThrow());
 * }</pre>
 *
 * <p>The first step runs the whole prompt, every other one a single token, by a {@link
 * KeyValueCache}. Not safe to share between threads; generators may share a model.
 */
public final class Generator implements Iterator<Step> {
  private final Transformer model;
  private final KeyValueCache cache;
  private final GenerationOptions options;
  private final Sampler sampler;
  private List<Integer> pending;
  private int produced;
  private @Nullable StopReason stop;

  /** Continues a prompt greedily by at most so many tokens, until one ends the text. */
  public Generator(Transformer model, List<Integer> prompt, int maxNew) {
    this(
        model,
        prompt,
        new GenerationOptions(Sampling.GREEDY, maxNew, Set.copyOf(model.config().eosIds())));
  }

  /** Continues a prompt. */
  public Generator(Transformer model, List<Integer> prompt, GenerationOptions options) {
    this(model, new KeyValueCache(), prompt, options);
  }

  /**
   * Continues a text of which a cache holds the beginning.
   *
   * @param cache modified: afterwards it holds all but the last generated token
   * @param tokens what follows that beginning, at least one token
   */
  public Generator(
      Transformer model, KeyValueCache cache, List<Integer> tokens, GenerationOptions options) {
    this.model = model;
    this.cache = cache;
    this.options = options;
    sampler = new Sampler(options.sampling(), model.ops());
    pending = List.copyOf(tokens);
    stop = limit();
  }

  /** Returns why there are no more tokens; empty as long as there are. */
  public Optional<StopReason> stopReason() {
    return Optional.ofNullable(stop);
  }

  @Override
  public boolean hasNext() {
    return stop == null;
  }

  /**
   * Computes the next token.
   *
   * @throws IllegalArgumentException at the first call, if the model cannot take the prompt
   * @throws ArithmeticException if the model's numbers overflow
   */
  @Override
  public Step next() {
    if (stop != null) {
      throw new NoSuchElementException("the text has ended: " + stop);
    }
    Tensor logits = logits();
    int position = cache.length();
    if (!logits.allFinite()) {
      throw new ArithmeticException(
          "the logits for position %d are NaN or infinite: the model's numbers overflow"
              .formatted(position));
    }
    int token = sampler.choose(logits);
    pending = List.of(token);
    produced++;
    stop = options.eosIds().contains(token) ? StopReason.EOS : limit();
    return new Step(position, token, logits);
  }

  /** Runs what is pending, and returns the logits after it on the heap, [V]. */
  private Tensor logits() {
    try (Scope _ = model.ops().scope()) {
      Tensor states = model.extend(pending, cache);
      int last = states.dim(0) - 1;
      return model.unembed(states.rows(last, last + 1)).row(0).toHeap();
    }
  }

  private @Nullable StopReason limit() {
    if (produced == options.maxNew()) {
      return StopReason.MAX_NEW;
    }
    // What was generated can be run again in full, to be explained.
    int length = cache.length() + pending.size();
    return length == model.config().nContext() ? StopReason.CONTEXT : null;
  }
}
