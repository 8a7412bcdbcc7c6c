package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Programs.Kernel;
import dev.limpid.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Heads side by side that are written one after the other: of values, or of keys and values into a
 * cache.
 *
 * @param moves at most two, of the same shapes
 * @param first the position of the first row
 */
record HeadSplit(Session session, List<Move> moves, int first) implements Step {
  /**
   * What goes where.
   *
   * @param x [n, K * d]
   * @param out [K, T, d]
   */
  record Move(Tensor x, Tensor out) {}

  @Override
  public Optional<Step> with(Step next) {
    if (next instanceof HeadSplit other
        && moves.size() + other.moves.size() == 2
        && first == other.first) {
      Move mine = moves.getFirst();
      Move its = other.moves.getFirst();
      if (mine.x.shape().equals(its.x.shape())
          && mine.out.shape().equals(its.out.shape())
          && Step.apart(List.of(mine.out), List.of(its.x, its.out))
          && Step.apart(List.of(its.out), List.of(mine.x))) {
        return Optional.of(new HeadSplit(session, List.of(mine, its), first));
      }
    }
    return Optional.empty();
  }

  @Override
  public void launch() {
    Launch launch = session.launch(new Kernel("split_heads", "-DPARTS=" + moves.size()));
    addTo(launch);
    launch.each(moves.getFirst().x.size() * moves.size());
  }

  /** Adds it to a launch: sizes, and of each move where from and where to. */
  void addTo(Launch launch) {
    Tensor x = moves.getFirst().x;
    Tensor out = moves.getFirst().out;
    launch.arg(out.dim(0)).arg(out.dim(2)).arg(out.dim(1)).arg(first).arg(x.size());
    for (Move move : moves) {
      launch.in(move.x);
      if (x.size() == out.size()) {
        launch.out(move.out);
      } else {
        launch.in(move.out);
      }
    }
  }
}
