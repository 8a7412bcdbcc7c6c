package org.example.report;

import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.model.tokenizer.LoadedTokenizer;
import dev.limpid.model.tokenizer.TokenizerLoader;
import dev.limpid.tensor.spi.Backends;
import java.io.IOException;
import java.nio.file.Path;

/** Prints the report of one prompt as tab-separated values: MODEL PROMPT ANSWER DISTRACTOR. */
public final class Main {
  private Main() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 4) {
      System.err.println("arguments: MODEL PROMPT ANSWER DISTRACTOR");
      System.exit(2);
    }
    Path folder = Path.of(args[0]);
    Transformer model = ModelLoader.open(folder, Backends.openDefault(System.err::println));
    LoadedTokenizer tokenizer = TokenizerLoader.load(folder).orElseThrow();
    AnswerReport report = AnswerReport.of(model, tokenizer, args[1], args[2], args[3]);
    System.out.println("position\ttoken\tshare\ttowards\taway");
    for (AnswerReport.Row row : report.rows()) {
      System.out.printf(
          "%d\t%s\t%.4f\t%.4f\t%.4f%n",
          row.position(), row.token(), row.share(), row.towards(), row.away());
    }
    System.out.printf("logit difference\t%.4f%n", report.logitDifference());
  }
}
