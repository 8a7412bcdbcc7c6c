package org.example.report;

import dev.limpid.LanguageModel;
import dev.limpid.QuestionException;
import java.io.IOException;

/** Prints the report of one prompt as tab-separated values: MODEL PROMPT ANSWER DISTRACTOR. */
public final class Main {
  private Main() {}

  public static void main(String[] args) throws IOException, QuestionException {
    if (args.length != 4) {
      System.err.println("arguments: MODEL PROMPT ANSWER DISTRACTOR");
      System.exit(2);
    }
    LanguageModel model = LanguageModel.open(args[0]);
    AnswerReport report = AnswerReport.of(model.analyse(args[1]), args[2], args[3]);
    System.out.println("position\ttoken\tshare\ttowards\taway");
    for (AnswerReport.Row row : report.rows()) {
      System.out.printf(
          "%d\t%s\t%.4f\t%.4f\t%.4f%n",
          row.position(), row.token(), row.share(), row.towards(), row.away());
    }
    System.out.printf("logit difference\t%.4f%n", report.logitDifference());
  }
}
