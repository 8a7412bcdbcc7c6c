package dev.limpid.corpus;

import de.siegmar.fastcsv.writer.CsvWriter;
import dev.limpid.files.OutputFile;
import dev.limpid.json.JsonOut;
import dev.limpid.routes.statistics.Distance;
import dev.limpid.routes.statistics.Example;
import dev.limpid.routes.statistics.RouteStatistics;
import dev.limpid.view.CorpusView;
import dev.limpid.view.CorpusView.Group;
import dev.limpid.view.CorpusView.Head;
import dev.limpid.view.CorpusView.Mlp;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files that any run over a corpus leaves: summary, tables, examples. */
public final class CorpusFiles {
  private static final int DECIMALS = 6;

  private CorpusFiles() {}

  /** Writes them, each aside first. */
  public static void write(CorpusResult result) throws IOException {
    OutputFile.write(result.folder().resolve("heads.csv"), out -> heads(result.view(), out));
    OutputFile.write(result.folder().resolve("mlps.csv"), out -> mlps(result.view(), out));
    if (result.statistics().all().shape().nNeurons() > 0) {
      OutputFile.write(
          result.folder().resolve("neurons.csv"), out -> neurons(result.statistics(), out));
    }
    OutputFile.write(
        result.folder().resolve("examples.jsonl"), out -> examples(result.statistics().all(), out));
    OutputFile.write(
        result.folder().resolve("summary.json"), out -> out.write(JsonOut.bytes(result.view())));
  }

  private static void heads(CorpusView view, OutputStream out) throws IOException {
    CsvWriter csv = csv(out);
    List<String> names = new ArrayList<>(List.of("group", "layer", "head", "on_route", "flow"));
    CorpusView.PERCENTS.forEach(percent -> names.add("flow_q" + percent));
    names.addAll(List.of("reads_self", "reads_first", "reads_previous", "reads_other"));
    int buckets =
        view.groups().stream()
            .flatMap(group -> group.heads().stream())
            .mapToInt(head -> head.distance() == null ? 0 : head.distance().size())
            .max()
            .orElse(0);
    for (int b = 0; b < buckets; b++) {
      names.add("distance_" + Distance.upperEnd(b));
    }
    csv.writeRecord(names);
    for (Group group : view.groups()) {
      for (Head head : group.heads()) {
        csv.writeRecord(row(group, head, buckets));
      }
    }
    csv.flush();
  }

  private static List<@Nullable String> row(Group group, Head head, int buckets) {
    List<@Nullable String> row = new ArrayList<>();
    row.add(group.group());
    row.add("" + head.layer());
    row.add("" + head.head());
    row.add(plain(head.onRoute()));
    row.add(plain(head.flow()));
    head.flowQuantiles().values().forEach(q -> row.add(plain(q)));
    CorpusView.@Nullable Reads reads = head.reads();
    row.add(reads == null ? null : plain(reads.self()));
    row.add(reads == null ? null : plain(reads.first()));
    row.add(reads == null ? null : plain(reads.previous()));
    row.add(reads == null ? null : plain(reads.other()));
    List<CorpusView.Bucket> distance = head.distance() == null ? List.of() : head.distance();
    for (int b = 0; b < buckets; b++) {
      row.add(b < distance.size() ? plain(distance.get(b).share()) : null);
    }
    return row;
  }

  private static void mlps(CorpusView view, OutputStream out) throws IOException {
    CsvWriter csv = csv(out);
    csv.writeRecord("group", "layer", "on_route", "flow");
    for (Group group : view.groups()) {
      for (Mlp mlp : group.mlps()) {
        csv.writeRecord(group.group(), "" + mlp.layer(), plain(mlp.onRoute()), plain(mlp.flow()));
      }
    }
    csv.flush();
  }

  private static void neurons(CorpusStatistics statistics, OutputStream out) throws IOException {
    CsvWriter csv = csv(out);
    csv.writeRecord("group", "layer", "neuron", "among_strongest", "contribution");
    neurons(null, statistics.all(), csv);
    for (Map.Entry<String, RouteStatistics> group : statistics.groups().entrySet()) {
      neurons(group.getKey(), group.getValue(), csv);
    }
    csv.flush();
  }

  private static void neurons(@Nullable String group, RouteStatistics s, CsvWriter csv) {
    for (int l = 0; l < s.shape().nLayers(); l++) {
      for (int n = 0; n < s.shape().nNeurons(); n++) {
        csv.writeRecord(
            group, "" + l, "" + n, plain(s.neuronStrong(l, n)), plain(s.neuronContribution(l, n)));
      }
    }
  }

  /** A line of {@code examples.jsonl} about a head. */
  record HeadExample(
      int layer, int head, double value, long prompt, int position, @Nullable String text) {}

  /** A line of {@code examples.jsonl} about a neuron. */
  record NeuronExample(
      int layer, int neuron, double value, long prompt, int position, @Nullable String text) {}

  private static void examples(RouteStatistics s, OutputStream out) throws IOException {
    for (int l = 0; l < s.shape().nLayers(); l++) {
      for (int h = 0; h < s.shape().nHeads(); h++) {
        for (Example e : s.examples(l, h)) {
          out.write(
              JsonOut.bytes(new HeadExample(l, h, e.value(), e.prompt(), e.position(), e.text())));
        }
      }
    }
    for (int l = 0; l < s.shape().nLayers(); l++) {
      for (int n = 0; n < s.shape().nNeurons(); n++) {
        for (Example e : s.neuronExamples(l, n)) {
          out.write(
              JsonOut.bytes(
                  new NeuronExample(l, n, e.value(), e.prompt(), e.position(), e.text())));
        }
      }
    }
  }

  private static CsvWriter csv(OutputStream out) {
    return CsvWriter.builder()
        .lineDelimiter(de.siegmar.fastcsv.writer.LineDelimiter.LF)
        .build(new OutputStreamWriter(out, StandardCharsets.UTF_8));
  }

  private static String plain(double number) {
    return new BigDecimal(number).setScale(DECIMALS, RoundingMode.HALF_EVEN).toPlainString();
  }
}
