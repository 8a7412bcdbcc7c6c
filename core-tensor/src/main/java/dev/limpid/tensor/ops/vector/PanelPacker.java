package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.WeightLayout;

/**
 * Brings stored weights into {@link Panels}: a copy that transposes, in blocks that fit the first
 * cache, in the precision the weight is stored in.
 *
 * <p>Elements are first copied in runs to an array, as single reads from a mapped file are slow.
 */
final class PanelPacker {
  /** Inputs in a block; a block of a panel is 14 KiB at 512 bits. */
  private static final int BLOCK = 112;

  /** Panels that are filled together from rows [in, out], so that runs are long. */
  private static final int PANELS_TOGETHER = 8;

  private final Tensor weight;
  private final int from;
  private final Panels panels;

  private PanelPacker(Tensor weight, int from, Panels panels) {
    this.weight = weight;
    this.from = from;
    this.panels = panels;
  }

  /** Returns outputs {@code from} to {@code to} of a weight, packed. */
  static Panels pack(Tensor weight, WeightLayout layout, int from, int to, WorkerPool pool) {
    boolean outIn = layout == WeightLayout.OUT_IN;
    int inputs = weight.dim(outIn ? 1 : 0);
    if (outIn && weight.blocks().filter(f -> inputs % f.elements() == 0).isPresent()) {
      return Panels.of(BlockPacker.pack(weight, from, to, pool), to - from);
    }
    Panels panels = Panels.zeros(weight.dtype(), inputs, to - from);
    PanelPacker packer = new PanelPacker(weight, from, panels);
    boolean full = weight.dtype() == DType.F32;
    int blocks = Math.ceilDiv(inputs, BLOCK);
    if (outIn) {
      pool.run(
          panels.count(),
          (panel, scratch) -> {
            for (int first = 0; first < inputs; first += BLOCK) {
              int n = Math.min(BLOCK, inputs - first);
              if (full) {
                packer.transposeFloats(panel, first, n, scratch);
              } else {
                packer.transposeHalves(panel, first, n, scratch);
              }
            }
          });
    } else {
      pool.run(
          Math.ceilDiv(panels.count(), PANELS_TOGETHER) * blocks,
          (item, scratch) -> {
            int panel = item / blocks * PANELS_TOGETHER;
            int first = item % blocks * BLOCK;
            int last = Math.min(first + BLOCK, inputs);
            for (int input = first; input < last; input++) {
              if (full) {
                packer.copyFloats(panel, input, scratch);
              } else {
                packer.copyHalves(panel, input, scratch);
              }
            }
          });
    }
    return panels;
  }

  /** Fills n inputs of a panel from a weight stored [out, in]. */
  private void transposeFloats(int panel, int first, int n, Scratch scratch) {
    float[] rows = scratch.floats(Scratch.Use.ROWS, PANEL * BLOCK);
    int width = columns(panel);
    for (int j = 0; j < width; j++) {
      weight.copyTo(element(panel, j, first), rows, j * BLOCK, n);
    }
    float[] target = panels.elements();
    int start = panels.at(panel, first);
    for (int j = 0; j < width; j++) {
      int at = start + j;
      for (int i = j * BLOCK; i < j * BLOCK + n; i++) {
        target[at] = rows[i];
        at += PANEL;
      }
    }
  }

  /** As {@link #transposeFloats}, for 16-bit elements, two columns at a time. */
  private void transposeHalves(int panel, int first, int n, Scratch scratch) {
    short[] rows = scratch.shorts(PANEL * BLOCK);
    int width = columns(panel);
    for (int j = 0; j < width; j++) {
      weight.copyBitsTo(element(panel, j, first), rows, j * BLOCK, n);
    }
    float[] target = panels.elements();
    int start = panels.at(panel, first);
    for (int j = 0; j < Math.min(VL, width); j++) {
      int low = j * BLOCK;
      int high = low + VL * BLOCK;
      int at = start + j;
      if (j + VL < width) {
        for (int i = 0; i < n; i++) {
          target[at] = pair(rows[low + i], rows[high + i]);
          at += VL;
        }
      } else {
        for (int i = 0; i < n; i++) {
          target[at] = pair(rows[low + i], (short) 0);
          at += VL;
        }
      }
    }
  }

  private static float pair(short low, short high) {
    return Float.intBitsToFloat((low & 0xffff) | high << Short.SIZE);
  }

  private long element(int panel, int column, int input) {
    return (long) (from + panel * PANEL + column) * panels.inputs() + input;
  }

  /** Fills one input of several panels from a weight stored [in, out]. */
  private void copyFloats(int firstPanel, int input, Scratch scratch) {
    float[] row = scratch.floats(Scratch.Use.ROWS, PANELS_TOGETHER * PANEL);
    int width = columns(firstPanel, PANELS_TOGETHER);
    weight.copyTo(elementOfRow(firstPanel, input), row, 0, width);
    for (int j = 0; j < width; j += PANEL) {
      int at = panels.at(firstPanel + j / PANEL, input);
      System.arraycopy(row, j, panels.elements(), at, Math.min(PANEL, width - j));
    }
  }

  /** As {@link #copyFloats}, for 16-bit elements. */
  private void copyHalves(int firstPanel, int input, Scratch scratch) {
    short[] row = scratch.shorts(PANELS_TOGETHER * PANEL);
    int width = columns(firstPanel, PANELS_TOGETHER);
    weight.copyBitsTo(elementOfRow(firstPanel, input), row, 0, width);
    int padded = Math.ceilDiv(width, PANEL) * PANEL;
    for (int j = width; j < padded; j++) {
      row[j] = 0;
    }
    float[] target = panels.elements();
    for (int j = 0; j < padded; j += PANEL) {
      int at = panels.at(firstPanel + j / PANEL, input);
      for (int i = 0; i < VL; i++) {
        target[at + i] = pair(row[j + i], row[j + VL + i]);
      }
    }
  }

  private long elementOfRow(int panel, int input) {
    return (long) input * weight.dim(1) + from + (long) panel * PANEL;
  }

  private int columns(int panel) {
    return columns(panel, 1);
  }

  /** Returns how many outputs there are in that many panels. */
  private int columns(int panel, int count) {
    return Math.min(count * PANEL, panels.outputs() - panel * PANEL);
  }
}
