package dev.limpid.corpus;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One sample: what the model predicts there, and how large its route is.
 *
 * @param prompt its number, from 0
 * @param predictionText null without a tokenizer
 * @param entropy of the prediction, in nats
 * @param lostFlow the flow that came from no token
 * @param group null where it is in none
 * @param headFlows the flow through each head, [L H], layer by layer
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SampleRow(
    long prompt,
    int position,
    int predictionId,
    @Nullable String predictionText,
    double probability,
    double entropy,
    int nodes,
    int edges,
    double lostFlow,
    @Nullable String group,
    double[] headFlows) {

  /** Most flows are 0: those that are not are written with where they stand. */
  void write(DataOutput out) throws IOException {
    out.writeLong(prompt);
    out.writeInt(position);
    out.writeInt(predictionId);
    write(predictionText, out);
    out.writeDouble(probability);
    out.writeDouble(entropy);
    out.writeInt(nodes);
    out.writeInt(edges);
    out.writeDouble(lostFlow);
    write(group, out);
    out.writeInt(headFlows.length);
    int count = 0;
    for (double flow : headFlows) {
      count += flow == 0 ? 0 : 1;
    }
    out.writeInt(count);
    for (int i = 0; i < headFlows.length; i++) {
      if (headFlows[i] != 0) {
        out.writeInt(i);
        out.writeDouble(headFlows[i]);
      }
    }
  }

  static SampleRow read(DataInput in) throws IOException {
    return new SampleRow(
        in.readLong(),
        in.readInt(),
        in.readInt(),
        readText(in),
        in.readDouble(),
        in.readDouble(),
        in.readInt(),
        in.readInt(),
        in.readDouble(),
        readText(in),
        readFlows(in));
  }

  private static double[] readFlows(DataInput in) throws IOException {
    double[] flows = new double[in.readInt()];
    for (int left = in.readInt(); left > 0; left--) {
      flows[in.readInt()] = in.readDouble();
    }
    return flows;
  }

  private static void write(@Nullable String text, DataOutput out) throws IOException {
    out.writeBoolean(text != null);
    if (text != null) {
      out.writeUTF(text);
    }
  }

  private static @Nullable String readText(DataInput in) throws IOException {
    return in.readBoolean() ? in.readUTF() : null;
  }
}
