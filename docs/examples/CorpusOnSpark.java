import dev.limpid.LanguageModel;
import dev.limpid.Settings;
import dev.limpid.corpus.CorpusRun;
import dev.limpid.corpus.CorpusSettings;
import dev.limpid.corpus.CorpusStatistics;
import dev.limpid.corpus.PromptSampler;
import dev.limpid.corpus.spark.SentStatistics;
import dev.limpid.files.PromptLine.Given;
import dev.limpid.view.CorpusView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/** The heads that matter in the lines of a text, as a job of one's own: CorpusOnSpark TEXT. */
public final class CorpusOnSpark {
  private CorpusOnSpark() {}

  /** The model of each process, opened by the first task that needs it. */
  private static final class Opened {
    static final CorpusRun RUN = new CorpusRun(open(), CorpusSettings.DEFAULT, 1);

    static LanguageModel open() {
      try {
        return LanguageModel.open("demo-gpt2", Settings.defaults().withThreads(1));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  /** What one task finds. */
  static SentStatistics statistics(Iterator<Tuple2<String, Long>> prompts) throws IOException {
    PromptSampler sampler = new PromptSampler(Opened.RUN.model(), Opened.RUN.settings());
    CorpusStatistics statistics = CorpusStatistics.empty(sampler.shape());
    List<PromptSampler.Asked> together = new ArrayList<>();
    while (prompts.hasNext()) {
      Tuple2<String, Long> prompt = prompts.next();
      Given given = new Given(prompt._1(), null);
      together.add(new PromptSampler.Asked(prompt._2(), given, Optional.empty()));
      if (together.size() == 64 || !prompts.hasNext()) {
        for (PromptSampler.Taken taken : sampler.take(together)) {
          for (PromptSampler.Sampled sampled : taken.samples()) {
            statistics.plus(sampled.sample(), Optional.empty());
          }
        }
        together.clear();
      }
    }
    return new SentStatistics(statistics);
  }

  public static void main(String[] arguments) throws IOException {
    try (SparkSession spark = SparkSession.builder().getOrCreate()) {
      CorpusStatistics all =
          spark.read().textFile(arguments[0]).javaRDD()
              .zipWithIndex()
              .mapPartitions(prompts -> List.of(statistics(prompts)).iterator())
              .treeReduce(SentStatistics::merge)
              .statistics();
      for (CorpusView.Head head : Opened.RUN.view(all).groups().getFirst().heads()) {
        System.out.printf("layer %d head %d: %.6f%n", head.layer(), head.head(), head.flow());
      }
    }
  }
}
