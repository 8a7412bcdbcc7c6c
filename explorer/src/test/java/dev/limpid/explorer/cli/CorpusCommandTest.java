package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.jerolba.carpet.CarpetReader;
import com.jerolba.carpet.CarpetWriter;
import com.jerolba.carpet.io.OutputStreamOutputFile;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A corpus: the same bits however it is cut, and what becomes of bad files. */
class CorpusCommandTest {
  private static final int PROMPTS = 40;
  private static final List<String> FILES =
      List.of(
          "examples.jsonl",
          "heads.csv",
          "mlps.csv",
          "prompts.parquet",
          "rejects.jsonl",
          "report.html",
          "summary.json");

  @TempDir Path home;

  private LimpidRun run(String line, Object... values) {
    return world().runLine(line, values);
  }

  private LimpidRun.World world() {
    return new LimpidRun.World(home)
        .with("LIMPID_BUNDLED", TestData.folder().resolve("models").toString());
  }

  /** Ten prompts of each of four tasks. */
  private static List<String> prompts() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String task : List.of("ioi", "facts", "induction", "agreement")) {
      Path file = TestData.folder().resolve("prompts/" + task + ".jsonl");
      lines.addAll(Files.readAllLines(file).subList(0, PROMPTS / 4));
    }
    return lines;
  }

  private Path file(String name, List<String> lines) throws IOException {
    return Files.write(home.resolve(name), lines);
  }

  private static byte[] bytes(Path folder, String file) throws IOException {
    return Files.readAllBytes(folder.resolve(file));
  }

  private static JsonNode summary(Path folder) throws IOException {
    return JsonMapper.shared().readTree(bytes(folder, "summary.json"));
  }

  @Test
  void theSameBitsOnOneThreadAndTwoInOneFileAndTen() throws IOException {
    List<String> lines = prompts();
    Path one = file("prompts.jsonl", lines);
    Path first = home.resolve("first");
    LimpidRun ran = run("corpus %s --out %s --group-by task --threads 1", one, first);
    assertThat(ran.code()).as(ran.err()).isZero();
    try (Stream<Path> files = Files.list(first)) {
      assertThat(files.map(f -> f.getFileName().toString()).sorted().toList()).isEqualTo(FILES);
    }
    assertThat(first.resolve("report.html"))
        .content()
        .contains("Of all heads, head 2 of layer 0 brings most: ")
        .doesNotContain("%s", "%d", "%1$");
    Path second = home.resolve("second");
    assertThat(run("corpus %s --out %s --group-by task --threads 2", one, second).code()).isZero();
    for (String file : FILES) {
      assertThat(bytes(second, file)).as(file).isEqualTo(bytes(first, file));
    }

    List<String> ten = new ArrayList<>(List.of("corpus", "--group-by", "task", "--out"));
    Path third = home.resolve("third");
    ten.add(third.toString());
    for (int i = 0; i < 10; i++) {
      ten.add(file("part-" + i + ".jsonl", lines.subList(4 * i, 4 * i + 4)).toString());
    }
    assertThat(world().run(ten.toArray(String[]::new)).code()).isZero();
    for (String file : FILES) {
      assertThat(bytes(third, file)).as(file).isEqualTo(bytes(first, file));
    }

    Collections.shuffle(lines, new Random(7));
    Path fourth = home.resolve("fourth");
    LimpidRun shuffled =
        run("corpus %s --out %s --group-by task", file("shuffled.jsonl", lines), fourth);
    assertThat(shuffled.code()).isZero();
    assertThat(bytes(fourth, "summary.json")).isEqualTo(bytes(first, "summary.json"));
    assertThat(bytes(fourth, "heads.csv")).isEqualTo(bytes(first, "heads.csv"));
  }

  @Test
  void theSameFromTextJsonTableAndParquet() throws IOException {
    List<String> texts = new ArrayList<>();
    for (String line : prompts().subList(0, 8)) {
      texts.add(JsonMapper.shared().readTree(line).path("text").asString());
    }
    Path text = file("prompts.txt", texts);
    List<String> table = new ArrayList<>(List.of("n,text"));
    texts.forEach(t -> table.add("1,\"" + t + "\""));
    Path csv = file("prompts.csv", table);
    Path parquet = home.resolve("prompts.parquet");
    try (OutputStream out = Files.newOutputStream(parquet);
        CarpetWriter<Row> writer =
            new CarpetWriter.Builder<>(new OutputStreamOutputFile(out), Row.class)
                .withConf(new PlainParquetConfiguration())
                .build()) {
      for (String t : texts) {
        writer.write(new Row(t, 1));
      }
    }
    Path first = home.resolve("text");
    assertThat(run("corpus %s --out %s", text, first).code()).isZero();
    for (Path file : List.of(csv, parquet)) {
      Path out = home.resolve("of-" + file.getFileName());
      LimpidRun ran = run("corpus %s --out %s", file, out);
      assertThat(ran.code()).as(ran.err()).isZero();
      assertThat(bytes(out, "summary.json")).isEqualTo(bytes(first, "summary.json"));
      assertThat(bytes(out, "prompts.parquet")).isEqualTo(bytes(first, "prompts.parquet"));
    }
    Path piped = home.resolve("piped");
    byte[] input = String.join("\n", prompts().subList(0, 8)).getBytes(StandardCharsets.UTF_8);
    assertThat(world().input(input).runLine("corpus - --out %s", piped).code()).isZero();
    assertThat(bytes(piped, "summary.json")).isEqualTo(bytes(first, "summary.json"));
  }

  /** A row of a table with prompts. */
  public record Row(String text, int n) {}

  @Test
  void rowsTellWhatIsPredictedAndHowMuchFlows() throws IOException {
    Path out = home.resolve("out");
    LimpidRun ran =
        run("corpus %s --out %s --position all", file("p.jsonl", prompts().subList(0, 3)), out);
    assertThat(ran.code()).as(ran.err()).isZero();
    List<Map<String, Object>> rows = rows(out);
    assertThat(rows).hasSize(summary(out).path("samples").asInt());
    assertThat(rows.getFirst())
        .containsEntry("prompt", 0L)
        .containsEntry("position", 1)
        .containsKeys("prediction_text", "entropy", "lost_flow", "head_flows", "group");
    double sum = 0;
    for (Map<String, Object> row : rows) {
      List<?> flows = (List<?>) Objects.requireNonNull(row.get("head_flows"));
      sum += (Double) flows.get(2);
    }
    JsonNode head = summary(out).path("groups").get(0).path("heads").get(2);
    assertThat(head.path("flow").asDouble()).isCloseTo(sum / rows.size(), within(1e-6));
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static List<Map<String, Object>> rows(Path folder) throws IOException {
    return (List)
        new CarpetReader<>(folder.resolve("prompts.parquet").toFile(), Map.class).toList();
  }

  @Test
  void whatCannotBeRunIsTold() throws IOException {
    List<String> lines = new ArrayList<>(prompts().subList(0, 3));
    lines.add(1, "{\"text\": 7}");
    lines.add("");
    lines.add("{\"tokens\": [1, 999999]}");
    lines.add("not json");
    lines.add("{\"tokens\": [" + "1,".repeat(5000) + "1]}");
    Path out = home.resolve("out");
    Path file = file("p.jsonl", lines);
    LimpidRun ran = run("corpus %s --out %s --json", file, out);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out().getBytes(StandardCharsets.UTF_8)).isEqualTo(bytes(out, "summary.json"));
    assertThat(ran.err()).contains("4 of 7 prompts could not be run").contains("rejects.jsonl");
    assertThat(summary(out).path("rejected").asInt()).isEqualTo(4);
    List<String> rejects = Files.readAllLines(out.resolve("rejects.jsonl"));
    assertThat(rejects).hasSize(4);
    assertThat(rejects.getFirst())
        .startsWith(
            "{\"number\":1,\"file\":\"" + file + "\",\"line\":2,\"reason\":\"'text' is to be");
    assertThat(rejects.get(2)).contains("\"line\":7", "not valid JSON");
  }

  @Test
  void badFilesGetALineEach() throws IOException {
    Path out = home.resolve("out");
    Path empty = file("empty.jsonl", List.of());
    said(run("corpus %s --out %s", empty, out), 1, "empty.jsonl: no prompts in it");
    Path useless = file("useless.jsonl", List.of("{}", "[]"));
    said(
        run("corpus %s --out %s", useless, out),
        1,
        "none of its 2 prompts can be run; ",
        "rejects.jsonl says why of each",
        "neither 'text' nor 'tokens'");
    assertThat(out.resolve("rejects.jsonl")).exists();
    assertThat(out.resolve("state")).doesNotExist();
    said(run("corpus %s --out %s", file("p.log", List.of("a")), out), 1, "p.log: its ending");
    said(run("corpus %s --out %s", home.resolve("no.txt"), out), 1, "no.txt: no such file");
    said(
        run("corpus %s --out %s", file("p.csv", List.of("a,b", "1,2")), out),
        1,
        "p.csv: no column 'text' or 'tokens'; its columns are a, b");
    said(
        run("corpus %s --out %s --group-by c", file("q.csv", List.of("text,b", "1,2")), out),
        1,
        "q.csv: no column 'c' to group by; its columns are text, b");
    said(
        run("corpus %s --out %s", file("p.parquet", List.of("PAR1 nothing")), out),
        1,
        "p.parquet: cannot be read as Parquet: ");
    said(run("corpus %s --out %s", home, out), 1, "is a folder; give files");
    said(run("corpus %s", empty), 2, "--out=DIR is missing");
    said(run("corpus --out %s", out), 2, "FILE is missing");
    said(run("corpus %s --out %s --threshold 1", empty, out), 2, "not in [0, 1)");
  }

  @Test
  void documentsHoldToTheirSchemas() throws IOException {
    Path out = home.resolve("out");
    LimpidRun ran =
        run("corpus %s --out %s --group-by task --json", file("p.jsonl", prompts()), out);
    holds("corpus", ran.out());
    holds("corpus-comparison", run("corpus compare %s %s --json", out, out).out());
  }

  private static void holds(String schema, String document) throws IOException {
    Path path = TestData.root().resolve("docs/schemas/" + schema + ".schema.json");
    Schema valid =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Files.readString(path));
    assertThat(valid.validate(document, InputFormat.JSON)).isEmpty();
    assertThat(valid.validate("{}", InputFormat.JSON)).isNotEmpty();
  }

  private static void said(LimpidRun run, int code, String... parts) {
    assertThat(run.code()).as(run.err()).isEqualTo(code);
    assertThat(run.err().lines().toList()).as(run.err()).hasSize(1);
    assertThat(run.err()).contains(parts);
  }

  @Test
  void aHugeLineAndBytesThatAreNoTextAreRejectedAndTheRestGoesOn() throws IOException {
    byte[] broken = "a \u00ff b\n".getBytes(StandardCharsets.ISO_8859_1);
    Path text = home.resolve("p.txt");
    try (OutputStream out = Files.newOutputStream(text)) {
      out.write("The capital of France is\r\n".getBytes(StandardCharsets.UTF_8));
      out.write(broken);
      byte[] part = "x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < 100; i++) { // MB
        out.write(part);
      }
      out.write("\nThe cat".getBytes(StandardCharsets.UTF_8));
    }
    Path out = home.resolve("out");
    LimpidRun ran = run("corpus %s --out %s", text, out);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(summary(out).path("prompts").asInt()).isEqualTo(2);
    assertThat(Files.readString(out.resolve("rejects.jsonl")))
        .contains("\"line\":2,\"reason\":\"not valid UTF-8\"")
        .contains("\"line\":3,\"reason\":\"a line of more than 16 MiB\"");
    assertThat(Files.readString(out.resolve("examples.jsonl"))).doesNotContain("\\r");
    Path json = home.resolve("p.jsonl");
    Files.write(
        json, "{\"text\": \"a \u00ff\"}\n{\"text\": \"a\"}".getBytes(StandardCharsets.ISO_8859_1));
    Path other = home.resolve("other");
    assertThat(run("corpus %s --out %s", json, other).code()).isZero();
    assertThat(summary(other).path("rejected").asInt()).isEqualTo(1);
    Path table = home.resolve("p.csv");
    Files.write(table, "text,task\na \u00ff,x\nThe cat,y\n".getBytes(StandardCharsets.ISO_8859_1));
    Path third = home.resolve("third");
    assertThat(run("corpus %s --out %s --group-by task", table, third).code()).isZero();
    assertThat(summary(third).path("prompts").asInt()).isEqualTo(1);
    assertThat(Files.readString(third.resolve("rejects.jsonl")))
        .contains("\"line\":2,\"reason\":\"not valid UTF-8, or it holds U+FFFD\"");
  }

  @Test
  void twoGroupsBesideEachOther() throws IOException {
    Path out = home.resolve("out");
    run("corpus %s --out %s --group-by task", file("p.jsonl", prompts()), out);
    LimpidRun compared = run("corpus compare %s %s --group-a ioi --group-b facts --json", out, out);
    assertThat(compared.code()).as(compared.err()).isZero();
    JsonNode heads = JsonMapper.shared().readTree(compared.out()).path("heads");
    double before = 1;
    for (JsonNode head : heads) {
      double difference = head.path("difference").asDouble();
      assertThat(head.path("low").asDouble()).isLessThanOrEqualTo(head.path("high").asDouble());
      assertThat(Math.abs(difference)).isLessThanOrEqualTo(before);
      assertThat(head.path("q").asDouble()).isBetween(head.path("p").asDouble() - 1e-6, 1.0);
      before = Math.abs(difference);
    }
    assertThat(run("corpus compare %s %s --group-a ioi --group-b facts --json", out, out))
        .isEqualTo(compared);
    JsonNode same =
        JsonMapper.shared().readTree(run("corpus compare %s %s --json", out, out).out());
    assertThat(same.path("heads").get(0).path("difference").asDouble()).isZero();
    said(
        run("corpus compare %s %s --group-a no", out, out),
        1,
        "no group 'no' in it; its groups are agreement, facts, induction, ioi");
    said(run("corpus compare %s %s", home, out), 1, "no summary.json in it");
    said(run("corpus compare %s %s --samples 3", out, out), 2, "--samples: 3 samples are too few");
    Path page = home.resolve("page.html");
    assertThat(run("corpus compare %s %s --html %s", out, out, page).code()).isZero();
    assertThat(page).content().contains("0 of 32 heads differ");
  }
}
