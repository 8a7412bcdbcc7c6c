package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import dev.limpid.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Queries, or keys, or both, that are turned by the same angles.
 *
 * @param heads [T, heads * d] each, modified; at most two
 * @param cos [T, pairs]
 * @param sin [T, pairs]
 */
record Rotation(Session session, List<Tensor> heads, int dHead, Tensor cos, Tensor sin)
    implements Step {

  @Override
  public Optional<Step> with(Step next) {
    if (next instanceof Rotation other
        && heads.size() + other.heads.size() == 2
        && dHead == other.dHead
        && Step.same(cos, other.cos)
        && Step.same(sin, other.sin)
        && Step.apart(heads, List.of(other.heads.getFirst(), cos, sin))) {
      List<Tensor> both = List.of(heads.getFirst(), other.heads.getFirst());
      return Optional.of(new Rotation(session, both, dHead, cos, sin));
    }
    return Optional.empty();
  }

  @Override
  public void launch() {
    Launch launch =
        session
            .launch(new Kernel("rotate_heads", "-DPARTS=" + heads.size()))
            .in(cos)
            .in(sin)
            .arg(dHead)
            .arg(cos.dim(1));
    long all = 0;
    for (Tensor x : heads) {
      int nHeads = x.dim(1) / dHead;
      long pairs = (long) x.dim(0) * nHeads * cos.dim(1);
      launch.in(x).arg(nHeads).arg(pairs);
      all += pairs;
    }
    launch.each(all);
  }
}
