package org.example.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpid.LanguageModel;
import dev.limpid.Settings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerReportTest {
  @Test
  void theTokensAddUpToTheLogitDifference() throws Exception {
    List<String> warnings = new ArrayList<>();
    LanguageModel model =
        LanguageModel.open("demo-gpt2", Settings.defaults().withWarnings(warnings::add));
    assertEquals(List.of(), warnings, "the vector module is there");

    AnswerReport report =
        AnswerReport.of(
            model.analyse("When Mary and John went to the store, John gave a drink to"),
            " Mary",
            " John");

    double sum =
        report.biases()
            + report.lost()
            + report.rows().stream().mapToDouble(r -> r.towards() - r.away()).sum();
    assertEquals(report.logitDifference(), sum, 1e-3);
    assertTrue(report.logitDifference() > 0, "the indirect object wins");
    double shares = report.rows().stream().mapToDouble(AnswerReport.Row::share).sum();
    assertTrue(shares > 0.5 && shares < 1 + 1e-6, "shares: " + shares);
  }
}
