package dev.limpid.corpus.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.LanguageModel;
import dev.limpid.Settings;
import dev.limpid.corpus.CorpusRun;
import dev.limpid.corpus.CorpusSettings;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

/** The job on Spark, in this process and on executors of their own, against a run without Spark. */
class CorpusJobTest {
  private static final List<String> FILES =
      List.of("summary.json", "heads.csv", "mlps.csv", "examples.jsonl", "rejects.jsonl");

  @TempDir Path home;

  /** A worker looks there for jars before it starts an executor; ours come by the class path. */
  @BeforeAll
  static void makeSparkHome() throws IOException {
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
  }

  private static SparkSession.Builder spark(String master) {
    return SparkSession.builder()
        .master(master)
        .appName("test")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2");
  }

  private Path corpus(int times) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String task : List.of("ioi", "facts", "induction", "agreement")) {
      Path file = TestData.folder().resolve("prompts/" + task + ".jsonl");
      lines.addAll(Files.readAllLines(file).subList(0, 20));
    }
    lines.add(30, "no prompt");
    lines.add(40, "");
    List<String> all = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      all.addAll(lines);
    }
    return Files.write(home.resolve("corpus.jsonl"), all);
  }

  private Path withoutSpark(Path corpus) throws IOException {
    LanguageModel model = LanguageModel.open("demo-gpt2", Settings.defaults().withThreads(1));
    Path out = home.resolve("without");
    new CorpusRun(model, CorpusSettings.DEFAULT.withGroupBy("task"), 2).over(List.of(corpus), out);
    return out;
  }

  private static JobOptions options(Path in, Path out) {
    return JobOptions.parse(
        List.of(
            "--model",
            "demo-gpt2",
            "--in",
            in.toString(),
            "--out",
            out.toString(),
            "--group-by",
            "task",
            "--partitions",
            "16"));
  }

  private static void same(Path found, Path expected) throws IOException {
    for (String file : FILES) {
      assertThat(Files.readString(found.resolve(file)))
          .as(file)
          .isEqualTo(Files.readString(expected.resolve(file)));
    }
    assertThat(found.resolve("report.html")).content().contains("Flow through each head");
  }

  @Test
  void theSameBitsInThisProcess() throws IOException {
    Path corpus = corpus(2);
    Path expected = withoutSpark(corpus);
    Path out = home.resolve("spark");
    try (SparkSession spark = spark("local[2]").getOrCreate()) {
      CorpusJob.run(spark, options(corpus, out));
      same(out, expected);
      Dataset<Row> rows = spark.read().parquet(out.resolve("prompts.parquet").toString());
      assertThat(rows.count()).isEqualTo(160);

      Path table = home.resolve("table.parquet");
      spark
          .read()
          .json(corpus.toString())
          .select("text", "task")
          .where("text is not null")
          .coalesce(1)
          .write()
          .parquet(table.toString());
      Path ofTable = home.resolve("of-table");
      CorpusJob.run(spark, options(table, ofTable));
      assertThat(Files.readString(ofTable.resolve("heads.csv")))
          .isEqualTo(Files.readString(expected.resolve("heads.csv")));
      Path wrong = Files.writeString(home.resolve("p.log"), "a");
      assertThatThrownBy(() -> CorpusJob.run(spark, options(wrong, out)))
          .hasMessageContaining("p.log: its ending does not tell what it is");
      Path empty = Files.writeString(home.resolve("p.txt"), "\n");
      assertThatThrownBy(() -> CorpusJob.run(spark, options(empty, out)))
          .hasMessageContaining("p.txt: no prompts in it");
      Path broken = Files.writeString(home.resolve("p.parquet"), "no table");
      for (Path unreadable : List.of(broken, home.resolve("none.parquet"))) {
        assertThatThrownBy(() -> CorpusJob.run(spark, options(unreadable, out)))
            .isInstanceOf(IOException.class)
            .hasMessageContaining(unreadable + ": cannot be read as Parquet: ");
      }
    }
    assertThatThrownBy(() -> JobOptions.parse(List.of("--model", "m")))
        .hasMessageContaining("--model, --in and --out are needed");
  }

  @Test
  void theSameBitsOnTwoExecutorsOfWhichOneIsKilled() throws Exception {
    Path corpus = corpus(40);
    Path expected = withoutSpark(corpus);
    Path out = home.resolve("spark");
    try (SparkSession spark =
        spark("local-cluster[2,1,2048]")
            .config("spark.executor.memory", "1g")
            .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .config("spark.executor.extraJavaOptions", "--add-modules=jdk.incubator.vector")
            .getOrCreate()) {
      BothAtWork both = new BothAtWork();
      spark.sparkContext().addSparkListener(both);
      CompletableFuture<Boolean> killed = both.atWork.thenApply(_ -> killOne());
      CorpusJob.run(spark, options(corpus, out));
      assertThat(killed).as("an executor was killed").isCompletedWithValue(true);
    }
    same(out, expected);
  }

  /** Knows when each of two executors has done a task on prompts, so that a killed one loses it. */
  private static final class BothAtWork extends SparkListener {
    private final CompletableFuture<Void> atWork = new CompletableFuture<>();
    private final Set<Integer> stages = new HashSet<>();
    private final Set<String> executors = new HashSet<>();

    @Override
    public void onStageSubmitted(SparkListenerStageSubmitted submitted) {
      boolean samples =
          CollectionConverters.asJava(submitted.stageInfo().rddInfos()).stream()
              .anyMatch(rdd -> rdd.storageLevel().useDisk());
      if (samples) {
        stages.add(submitted.stageInfo().stageId());
      }
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd ended) {
      if (stages.contains(ended.stageId())) {
        executors.add(ended.taskInfo().executorId());
      }
      if (executors.size() == 2) {
        atWork.complete(null);
      }
    }
  }

  private static boolean killOne() {
    return ProcessHandle.current()
        .descendants()
        .filter(CorpusJobTest::isExecutor)
        .findFirst()
        .orElseThrow()
        .destroyForcibly();
  }

  /** Its class path hides the rest of its command line; this process starts no other Java. */
  private static boolean isExecutor(ProcessHandle process) {
    return process.info().command().filter(command -> command.endsWith("/java")).isPresent();
  }
}
