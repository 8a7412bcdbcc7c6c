package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.Products.Result;
import dev.limpid.backend.opencl.Products.Seen;
import dev.limpid.backend.opencl.Products.Sizes;
import dev.limpid.backend.opencl.Products.View;
import dev.limpid.tensor.DeviceException;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.spi.UnavailableBackendException;
import java.util.Map;

/**
 * Whether a device's tensor cores are used, which is found out when it is opened: they must give,
 * of a small product, what the plain kernel gives.
 *
 * @param split what multiplies
 * @param words what results and people are told of it; empty for a device that has none
 * @param failed whether they were tried in vain
 */
record TensorCores(Split split, String words, boolean failed) {
  /** The variable of the environment that says whether they are used. */
  static final String VARIABLE = "LIMPID_TENSOR_CORES";

  /** Of NVIDIA's devices, those of this compute capability and above multiply such numbers. */
  private static final long CAPABILITY = 8;

  /** Of the largest number of a product: ten times what it is wrong by. */
  private static final float TOLERANCE = 2e-5f;

  /** No multiples of what a warp or a group computes. */
  private static final int ROWS = 77;

  private static final int COLUMNS = 91;
  private static final int DEPTH = 83;

  /** Whether they are asked for. */
  enum Choice {
    /** Where a device has them and passes the check. */
    AUTO,
    /** Nowhere. */
    OFF,
    /** As if every device had them, computed by what it has. */
    EMULATED;

    /** Returns what a user asks for. */
    static Choice of(Map<String, String> variables) {
      String value = variables.getOrDefault(VARIABLE, "");
      return switch (value) {
        case "", "auto" -> AUTO;
        case "off" -> OFF;
        case "emulated" -> EMULATED;
        default ->
            throw new UnavailableBackendException(
                "%s is '%s'; give auto, off or emulated".formatted(VARIABLE, value));
      };
    }
  }

  /** Returns whether a device might have them, before anything is compiled for it. */
  static boolean mayBeUsed(OpenClDevice device, Choice choice) {
    return choice == Choice.EMULATED || isCapable(device);
  }

  private static boolean isCapable(OpenClDevice device) {
    return device.computeCapability() >= CAPABILITY;
  }

  /** Returns what is used on the device of a session. */
  static TensorCores of(Session session, Choice choice) {
    if (choice == Choice.EMULATED) {
      return checked(session, Split.EMULATED);
    }
    if (!isCapable(session.device())) {
      return new TensorCores(Split.NONE, "", false);
    }
    return choice == Choice.OFF
        ? unused("switched off by " + VARIABLE, false)
        : checked(session, Split.TENSOR_CORES);
  }

  private static TensorCores checked(Session session, Split split) {
    try {
      float difference = difference(session, split);
      return difference <= TOLERANCE
          ? new TensorCores(split, split.words(), false)
          : unused(
              "a product differs from the plain one by %.1e of the largest".formatted(difference),
              true);
    } catch (DeviceException e) {
      return unused(String.valueOf(e.getMessage()), true);
    }
  }

  private static TensorCores unused(String why, boolean failed) {
    return new TensorCores(Split.NONE, "tensor cores not used: " + why, failed);
  }

  /** Returns by how much a product differs from that of the plain kernel, of the largest number. */
  private static float difference(Session session, Split split) {
    float largest = 0;
    float difference = 0;
    // One is computed by small tiles, one for every unit by large ones.
    for (int batches : new int[] {1, Math.toIntExact(session.device().units())}) {
      float[] plain = products(session, Split.NONE, batches);
      float[] actual = products(session, split, batches);
      for (int i = 0; i < plain.length; i++) {
        largest = Math.max(largest, Math.abs(plain[i]));
        difference = Math.max(difference, Math.abs(actual[i] - plain[i])); // NaN stays
      }
    }
    return difference / largest;
  }

  private static float[] products(Session session, Split split, int batches) {
    try (OpenClMemory left = filled(session, ROWS * DEPTH, 1);
        OpenClMemory right = filled(session, DEPTH * COLUMNS, 2);
        OpenClMemory out = session.scratch((long) batches * ROWS * COLUMNS)) {
      Tensor product = Tensor.on(out, 0, batches, ROWS, COLUMNS);
      new Products(session, split)
          .multiply(
              View.of(Tensor.on(left, 0, ROWS, DEPTH), DEPTH, 1, 0),
              View.of(Tensor.on(right, 0, COLUMNS, DEPTH), 1, DEPTH, 0),
              new Result(product, COLUMNS, (long) ROWS * COLUMNS, false),
              new Sizes(batches, ROWS, COLUMNS, DEPTH, Seen.ALL, 0));
      return product.toFloats();
    }
  }

  /** Numbers between -1 and 1 that use all of their bits. */
  private static OpenClMemory filled(Session session, int size, int seed) {
    float[] numbers = new float[size];
    for (int i = 0; i < size; i++) {
      numbers[i] = (float) Math.sin(seed + 1.7 * i);
    }
    OpenClMemory memory = session.scratch(size);
    memory.write(0, numbers, 0, size);
    return memory;
  }
}
