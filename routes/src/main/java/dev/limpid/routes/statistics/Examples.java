package dev.limpid.routes.statistics;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The strongest samples of each of many heads or neurons. */
final class Examples {
  private final int most;
  private final TreeMap<Integer, List<Example>> of = new TreeMap<>();

  /**
   * Begins with none.
   *
   * @param most how many are kept of each
   */
  Examples(int most) {
    this.most = most;
  }

  /** Adds a sample, where its value is above 0 and among the strongest. Modified. */
  void add(int number, double value, RouteSample.Origin origin) {
    if (value > 0 && most > 0) {
      add(number, new Example(value, origin.prompt(), origin.position(), origin.text()));
    }
  }

  /** Adds those of another. Modified; other is not. */
  void add(Examples other) {
    other.of.forEach((number, examples) -> examples.forEach(e -> add(number, e)));
  }

  private void add(int number, Example example) {
    List<Example> known = of.computeIfAbsent(number, n -> new ArrayList<>());
    boolean isFull = known.size() == most;
    if (isFull && Example.STRONGEST_FIRST.compare(known.getLast(), example) <= 0) {
      return;
    }
    if (isFull) {
      known.removeLast();
    }
    int at = Collections.binarySearch(known, example, Example.STRONGEST_FIRST);
    known.add(at < 0 ? -at - 1 : at, example);
  }

  /** Returns those of a head or neuron, strongest first. */
  List<Example> of(int number) {
    return List.copyOf(of.getOrDefault(number, List.of()));
  }

  /** Every text is written once, however many heads it is an example of. */
  void write(DataOutput out) throws IOException {
    Map<String, Integer> texts = new LinkedHashMap<>();
    of.values().forEach(list -> list.forEach(e -> number(texts, e.text())));
    out.writeInt(texts.size());
    for (String text : texts.keySet()) {
      out.writeUTF(text);
    }
    out.writeInt(of.size());
    for (var entry : of.entrySet()) {
      out.writeInt(entry.getKey());
      out.writeInt(entry.getValue().size());
      for (Example e : entry.getValue()) {
        out.writeDouble(e.value());
        out.writeLong(e.prompt());
        out.writeInt(e.position());
        out.writeInt(number(texts, e.text()));
      }
    }
  }

  private static int number(Map<String, Integer> texts, @Nullable String text) {
    if (text == null) {
      return -1;
    }
    Integer known = texts.putIfAbsent(text, texts.size());
    return known == null ? texts.size() - 1 : known;
  }

  static Examples read(int most, DataInput in) throws IOException {
    List<String> texts = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      texts.add(in.readUTF());
    }
    Examples read = new Examples(most);
    for (int heads = in.readInt(); heads > 0; heads--) {
      List<Example> list = new ArrayList<>();
      int number = in.readInt();
      for (int left = in.readInt(); left > 0; left--) {
        double value = in.readDouble();
        long prompt = in.readLong();
        int position = in.readInt();
        int text = in.readInt();
        list.add(
            new Example(
                value,
                prompt,
                position,
                text < 0 ? null : Objects.requireNonNull(texts.get(text))));
      }
      read.of.put(number, list);
    }
    return read;
  }
}
