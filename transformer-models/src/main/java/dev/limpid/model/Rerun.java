package dev.limpid.model;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Runs one prompt many times with interventions, each from where its own begin.
 *
 * <p>A run enters the stack at its first changed layer with the base run's states from its first
 * changed position on; what it reads of earlier positions are the base run's keys and values. So
 * runs that enter late or begin late cost little, and the untouched prefix is shared.
 */
final class Rerun {
  /** What a stack may take: its rows go through products in passes, more of them gain nothing. */
  private static final long STACK_BYTES = 192L << 20;

  private final Transformer model;
  private final TensorOps ops;
  private final ModelConfig config;
  private final ForwardTrace base;
  private final int target;
  private final Rotations rotations;

  Rerun(Transformer model, ForwardTrace base, int target) {
    base.requireUnchanged("reruns");
    this.model = model;
    this.ops = model.ops();
    this.config = model.config();
    this.base = base;
    this.target = target;
    this.rotations = Rotations.of(config, 0, target + 1, base.nPositions());
  }

  /**
   * A run in the stack.
   *
   * @param number of the list it was given in
   * @param layer the first that is changed; L where nothing is that the target can see
   * @param first the first position that is changed
   */
  private record Run(int number, int layer, int first, List<Intervention> interventions) {

    /** Returns those on a layer. */
    List<Intervention> on(int layer) {
      return interventions.stream().filter(i -> i.site().layer() == layer).toList();
    }
  }

  /** Returns the last states of the target, [B, D], on the heap. */
  Tensor lastStates(List<List<Intervention>> lists, IntConsumer done) {
    Tensor states = Tensor.zeros(lists.size(), config.dModel());
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < lists.size(); i++) {
      runs.add(run(i, lists.get(i)));
    }
    // Those that enter late come last: a stack of them needs no early layers.
    runs.sort(Comparator.comparingInt(Run::layer));
    int count = 0;
    for (List<Run> stack : stacks(runs)) {
      run(stack, states);
      count += stack.size();
      done.accept(count);
    }
    return states;
  }

  /** The one in the middle comes first: what it takes tells whoever waits what the others take. */
  private List<List<Run>> stacks(List<Run> runs) {
    List<List<Run>> stacks = new ArrayList<>();
    for (int from = 0; from < runs.size(); ) {
      int to = from + fitting(runs.subList(from, runs.size()));
      stacks.add(runs.subList(from, to));
      from = to;
    }
    if (!stacks.isEmpty()) {
      stacks.addFirst(stacks.remove(stacks.size() / 2));
    }
    return stacks;
  }

  private Run run(int number, List<Intervention> given) {
    int layer = config.nLayers();
    int first = target;
    List<Intervention> seen = new ArrayList<>();
    for (Intervention i : given) {
      i.requireFits(config, base.nPositions());
      if (i.site().position() <= target) {
        seen.add(i);
        layer = Math.min(layer, i.site().layer());
        first = Math.min(first, i.site().position());
      }
    }
    return new Run(number, layer, first, seen);
  }

  /** How many of the runs make a stack. */
  private int fitting(List<Run> runs) {
    long ofRow = 8L * config.dModel() + 3L * config.dMlp() + 3L * config.nHeads() * config.dHead();
    long left = STACK_BYTES / (4 * ofRow);
    int count = 0;
    while (count < runs.size() && (count == 0 || left >= rows(runs.get(count)))) {
      left -= rows(runs.get(count));
      count++;
    }
    return count;
  }

  private int rows(Run run) {
    return target + 1 - run.first();
  }

  private void run(List<Run> runs, Tensor states) {
    // Few rows alone would go through another kernel, whose sums are in another order.
    // Those that enter first are joined by copies, so that no layer has so few.
    List<Run> stack = new ArrayList<>(runs);
    Run first = runs.getFirst();
    int rows = runs.stream().filter(run -> run.layer() == first.layer()).mapToInt(this::rows).sum();
    for (; rows < ops.fewestStacked(); rows += rows(first)) {
      stack.addFirst(first);
    }
    int entered = 0;
    try (Scope pass = ops.scope()) {
      Tensor resid = ops.zeros(0, config.dModel());
      for (int l = stack.getFirst().layer(); l < config.nLayers(); l++) {
        try (Scope ofLayer = ops.scope()) {
          int before = entered;
          while (entered < stack.size() && stack.get(entered).layer() <= l) {
            entered++;
          }
          List<Run> here = stack.subList(0, entered);
          Tensor read = enter(resid, l, stack.subList(before, entered));
          LayerTrace layer = base.layer(l);
          List<LayerEdits> edits = new ArrayList<>();
          for (Run run : here) {
            edits.add(new LayerEdits(ops, run.on(l), config, run.first()));
          }
          int number = l;
          BlockRun block =
              model.run(
                  l,
                  read,
                  rotations(here),
                  (q, k, v) -> attend(number, layer, here, edits, q, k, v),
                  stackEdits(here, edits));
          resid = pass.keep(ofLayer.keep(block.residPost()));
        }
      }
      write(stack, entered, resid, states);
    }
  }

  /** Returns the states that a layer reads: those so far, and the base run's for who enters. */
  private Tensor enter(Tensor resid, int layer, List<Run> entering) {
    if (entering.isEmpty()) {
      return resid;
    }
    int rows = resid.dim(0) + entering.stream().mapToInt(this::rows).sum();
    Tensor read = ops.zeros(rows, config.dModel());
    ops.copy(resid, read.rows(0, resid.dim(0)));
    int at = resid.dim(0);
    for (Run run : entering) {
      int end = at + rows(run);
      ops.copy(base.residPre(layer).rows(run.first(), target + 1), read.rows(at, end));
      at = end;
    }
    return read;
  }

  private StackEdits stackEdits(List<Run> runs, List<LayerEdits> edits) {
    List<StackEdits.Part> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < runs.size(); i++) {
      int end = start + rows(runs.get(i));
      if (!edits.get(i).isEmpty()) {
        parts.add(new StackEdits.Part(edits.get(i), start, end));
      }
      start = end;
    }
    return new StackEdits(parts);
  }

  /** The angles of all rows. */
  private Rotations rotations(List<Run> runs) {
    int[] positions =
        runs.stream().flatMapToInt(run -> IntStream.rangeClosed(run.first(), target)).toArray();
    return rotations.of(positions).on(ops);
  }

  /** Each run looks at its own keys, and in front of them at those of the base run. */
  private BlockRun.Attended attend(
      int layer,
      LayerTrace of,
      List<Run> runs,
      List<LayerEdits> edits,
      Tensor queries,
      Tensor keys,
      Tensor values) {
    Tensor mixed = ops.zeros(queries.dim(0), queries.dim(1));
    int nKeys = target + 1;
    int start = 0;
    for (int i = 0; i < runs.size(); i++) {
      int first = runs.get(i).first();
      int end = start + nKeys - first;
      try (Scope _ = ops.scope()) {
        Tensor ownKeys = ops.zeros(nKeys, keys.dim(1));
        ops.copy(of.keys().rows(0, first), ownKeys.rows(0, first));
        ops.copy(keys.rows(start, end), ownKeys.rows(first, nKeys));
        Tensor ownValues = ops.zeros(config.nKvHeads(), nKeys, config.dHead());
        for (int h = 0; first > 0 && h < config.nKvHeads(); h++) {
          ops.copy(of.value().row(h).rows(0, first), ownValues.row(h).rows(0, first));
        }
        ops.splitHeads(values.rows(start, end), ownValues, first);
        Tensor pattern = ops.zeros(config.nHeads(), nKeys - first, nKeys);
        ops.causalPattern(queries.rows(start, end), ownKeys, model.attentionShape(layer), pattern);
        Tensor whole = edits.get(i).wholePattern(pattern);
        SinkBias bias = SinkBias.of(ops, model.weights().block(layer), whole);
        edits.get(i).pattern(pattern);
        Tensor own = mixed.rows(start, end);
        ops.attend(pattern, ownValues, own);
        edits.get(i).mixed(own);
        bias.addTo(ops, own);
      }
      start = end;
    }
    return new BlockRun.Attended(null, null, mixed);
  }

  private void write(List<Run> stack, int entered, Tensor resid, Tensor states) {
    Tensor here = resid.toHeap();
    int width = config.dModel();
    int end = 0;
    for (int i = 0; i < stack.size(); i++) {
      Run run = stack.get(i);
      int at = run.number() * width;
      if (i < entered) {
        end += rows(run);
        here.copyTo((end - 1L) * width, states.array(), at, width);
      } else {
        base.finalResidual().copyTo((long) target * width, states.array(), at, width);
      }
    }
  }
}
