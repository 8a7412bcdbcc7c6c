package dev.limpid.model.load.lora;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.weights.WeightSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a base with an adapter added to them: W' = W + s B A for the matrix W of each
 * adapted module, in float32, made anew whenever it is asked for. E' = E + s (B A)^T for an
 * embedding, and what is stored by inputs gets the transpose.
 */
public final class AdaptedWeights implements WeightSource {
  private final WeightSource base;
  private final Adapter adapter;
  private final Changes changes;

  private AdaptedWeights(WeightSource base, Adapter adapter, Changes changes) {
    this.base = base;
    this.adapter = adapter;
    this.changes = changes;
  }

  /**
   * Adds an adapter to a base; nothing is read yet.
   *
   * @throws IOException if the base lacks a module that is adapted, or it is not clear what the sum
   *     would be: one line that names the adapter's tensor
   */
  public static AdaptedWeights of(WeightSource base, Adapter adapter, BaseNames names)
      throws IOException {
    return new AdaptedWeights(base, adapter, Changes.of(base.names(), adapter, names));
  }

  @Override
  public Path location() {
    return base.location();
  }

  @Override
  public List<Path> files() {
    return Stream.concat(base.files().stream(), adapter.files().stream()).toList();
  }

  @Override
  public Set<String> names() {
    Set<String> names = new LinkedHashSet<>(base.names());
    names.addAll(changes.ofName().keySet());
    names.addAll(changes.copies().keySet());
    return Collections.unmodifiableSet(names);
  }

  @Override
  public Tensor tensor(String name, int... expectedShape) throws IOException {
    @Nullable Change change = changes.ofName().get(name);
    if (change == null) {
      return base.tensor(changes.copies().getOrDefault(name, name), expectedShape);
    }
    change.require(adapter, expectedShape);
    Tensor begin =
        change.whole() == null
            ? base.tensor(name, expectedShape)
            : adapter.tensor(change.module(), change.whole());
    return change.applied(adapter, begin);
  }

  @Override
  public void require(String name, int... expectedShape) throws IOException {
    @Nullable Change change = changes.ofName().get(name);
    if (change != null) {
      change.require(adapter, expectedShape);
    }
    if (change == null || change.whole() == null) {
      base.require(changes.copies().getOrDefault(name, name), expectedShape);
    }
  }

  @Override
  public AdaptedWeights mappedAgain(Arena arena) throws IOException {
    return new AdaptedWeights(base.mappedAgain(arena), adapter.mappedAgain(arena), changes);
  }

  @Override
  public void requireWhole() throws IOException {
    base.requireWhole();
    adapter.requireWhole();
  }

  /**
   * Checks that nothing of the adapter is for a tensor that no part of the model asked for.
   *
   * @param unread the names of such tensors
   * @throws IOException if something is: one line that names the adapter's tensor
   */
  public void requireUsed(Set<String> unread) throws IOException {
    for (String name : unread) {
      @Nullable Change change = changes.ofName().get(name);
      if (change != null) {
        throw adapter.wrong(
            change.module(), "is for '%s', which is no part of the model".formatted(name));
      }
    }
  }
}
