package dev.limpid.tensor.ops.vector;

import java.util.EnumMap;
import java.util.Map;

/**
 * The buffers one thread works in. They grow to the largest size asked for and keep what was last
 * written; a kernel fills what it reads.
 */
final class Scratch {
  /** What a buffer is used for; one operation uses each for one thing at a time. */
  enum Use {
    /** Input rows, packed for the tile kernels, shared with the other threads of an operation. */
    PACKED_INPUT,
    /** Panels of a second packed operand, shared with the other threads of an operation. */
    PACKED_PANELS,
    /** Tiles packed by the thread that reads them. */
    PACKED_TILE,
    /** Partial sums between blocks of inputs. */
    SUMS,
    /** A block of half-precision or quantised weights, as floats. */
    DECODED,
    /** The scales of the parts of quantised weights. */
    SCALES,
    /** What is taken off their elements. */
    MINIMA,
    /** The scales of whole blocks of them. */
    BLOCK_SCALES,
    /** The sums of a row over their parts. */
    PART_SUMS,
    /** A block of several panels of them. */
    WIDENED,
    /** A block of weights, read against its direction. */
    TURNED,
    /** Halves of a panel, turned over. */
    TURNED_HALVES,
    /** A square of rows between the two steps of turning them. */
    SQUARE,
    /** One panel of a bias. */
    BIAS,
    /** Rows of weights on their way into panels. */
    ROWS,
    /** The projected values of one head for some panels of keys. */
    TERMS,
    /** The largest component of each of them. */
    LARGEST,
    /** How far a query's terms reach, and the vectors of them that reach any component. */
    REACH,
    /** Signs of a residual state, and these through the output projection. */
    SIGNS,
    PROJECTED_SIGNS,
    /** A block of an output projection that is added with signs, and zeros behind it. */
    SIGNED_WEIGHTS,
    /** Sums of a few weights under all their signs. */
    SIGN_TABLES,
    /** How large an output projection makes each component. */
    SIZES,
    /** The components of a residual state, and their indices in order of magnitude. */
    ORDER,
    /** Where the steps of that order end. */
    ORDER_STEPS,
    /** The steps of one residual state while it is put in order. */
    ORDER_ROW,
    /** The probabilities of one query for some panels of keys. */
    PROBABILITIES,
    /** Products of a query with some keys, before their lanes are summed. */
    PARTIAL_PRODUCTS,
    /** Values in panels, beside keys in panels. */
    PACKED_VALUES,
    /** Mixed values of one tile. */
    MIXED,
  }

  private final Map<Use, float[]> floats = new EnumMap<>(Use.class);
  private final Map<Use, int[]> ints = new EnumMap<>(Use.class);
  private short[] shorts = new short[0];
  private byte[] bytes = new byte[0];

  /** Returns the buffer for that use, with at least {@code size} elements. */
  float[] floats(Use use, int size) {
    float[] buffer = floats.get(use);
    if (buffer == null || buffer.length < size) {
      buffer = new float[size];
      floats.put(use, buffer);
    }
    return buffer;
  }

  /** Returns the buffer of ints for that use, with at least {@code size} elements. */
  int[] ints(Use use, int size) {
    int[] buffer = ints.get(use);
    if (buffer == null || buffer.length < size) {
      buffer = new int[size];
      ints.put(use, buffer);
    }
    return buffer;
  }

  /** Returns a buffer of bytes, with at least {@code size} of them. */
  byte[] bytes(int size) {
    if (bytes.length < size) {
      bytes = new byte[size];
    }
    return bytes;
  }

  /** Returns a buffer of 16-bit elements, with at least {@code size} of them. */
  short[] shorts(int size) {
    if (shorts.length < size) {
      shorts = new short[size];
    }
    return shorts;
  }
}
