package org.example.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.model.tokenizer.TokenizerLoader;
import dev.limpid.tensor.spi.Backends;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerReportTest {
  @Test
  void theTokensAddUpToTheLogitDifference() throws IOException {
    Path folder = Path.of(System.getProperty("model"));
    List<String> warnings = new ArrayList<>();
    Transformer model = ModelLoader.open(folder, Backends.openDefault(warnings::add));
    assertEquals(List.of(), warnings, "the vector module is there");

    AnswerReport report =
        AnswerReport.of(
            model,
            TokenizerLoader.load(folder).orElseThrow(),
            "When Mary and John went to the store, John gave a drink to",
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
