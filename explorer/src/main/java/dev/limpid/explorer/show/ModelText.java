package dev.limpid.explorer.show;

import dev.limpid.models.ExpertSummary;
import dev.limpid.models.ModelSummary;
import java.io.PrintStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What can be said of a model without running it.
 *
 * @param asked what {@code --model} takes for it
 * @param width how many columns a line may have, but for a path
 */
public record ModelText(ModelSummary model, String asked, int width) {
  private static final int LABEL = 12;

  /** Prints it. */
  public void print(PrintStream out) {
    line(out, "model", model.name() + " from " + model.origin());
    line(out, "folder", model.folder());
    if (model.adapter() != null) {
      line(out, "base", model.adapter().base());
      line(
          out,
          "adapter",
          "LoRA of rank %d, alpha %s, on %d modules, %s parameters"
              .formatted(
                  model.adapter().rank(),
                  TerminalText.exact(model.adapter().alpha()),
                  model.adapter().modules(),
                  Sizes.count(model.adapter().parameters())));
    }
    line(out, "family", model.family());
    if (model.configProblem() == null) {
      line(out, "layers", "" + model.nLayers());
      line(out, "width", "" + model.dModel());
      line(out, "heads", heads(model));
      mlps(out, Objects.requireNonNull(model.nLayers()), model.experts());
      line(out, "vocabulary", "" + model.dVocab());
      line(out, "context", model.context() + " tokens");
    } else {
      problem(out, "cannot run", model.configProblem());
    }
    if (model.parameters() != null && model.weightBytes() != null) {
      line(out, "parameters", Sizes.count(model.parameters()));
      line(
          out,
          "weights",
          "%s, %s in %d %s"
              .formatted(
                  String.join(" and ", model.dtypes()),
                  Sizes.binary(model.weightBytes()),
                  model.weightFiles(),
                  model.weightFiles() == 1 ? "file" : "files"));
    }
    if (model.quantised() != null) {
      line(out, "quantised", model.quantised() + "; results are those of the quantised model");
    }
    if (model.memoryBytes() != null) {
      line(
          out,
          "memory",
          "about %s for a prompt of %d tokens"
              .formatted(Sizes.binary(model.memoryBytes()), model.memoryPositions()));
    }
    if (model.weightsProblem() != null) {
      problem(out, "weights", "cannot be read: " + model.weightsProblem());
    }
    line(out, "tokenizer", model.tokenizer());
    line(out, "licence", or(model.licence(), "not stated"));
    line(out, "about", or(model.about(), "no model card"));
    for (String example : model.examples()) {
      example(out, "limpid explain --model " + asked, '"' + example + '"');
    }
  }

  /** What stands behind attention: MLPs, experts, or both. */
  private void mlps(PrintStream out, int nLayers, @Nullable ExpertSummary experts) {
    if (experts == null || !experts.everywhere(nLayers)) {
      line(out, "neurons", model.dMlp() + (experts == null ? " in each layer" : " in an MLP"));
    }
    if (experts != null) {
      line(
          out,
          "experts",
          "%d of %d neurons, %d for each position%s%s"
              .formatted(
                  experts.count(),
                  experts.dExpert(),
                  experts.used(),
                  experts.dShared() == null ? "" : ", and one of " + experts.dShared() + " for all",
                  experts.everywhere(nLayers)
                      ? ""
                      : "; in %d of the layers".formatted(experts.layers().size())));
    }
  }

  private static String heads(ModelSummary model) {
    String keys =
        Objects.equals(model.nKvHeads(), model.nHeads())
            ? ""
            : ", " + model.nKvHeads() + " of them with keys and values of their own";
    return model.nHeads() + " of width " + model.dHead() + keys;
  }

  private static String or(@Nullable String value, String otherwise) {
    return value == null ? otherwise : value;
  }

  /** On one line, as errors are, whatever paths they name. */
  private static void problem(PrintStream out, String label, String text) {
    out.println(TerminalText.columns(label, LABEL) + text);
  }

  /** A command that can be copied also where it takes two lines. */
  private void example(PrintStream out, String command, String text) {
    int whole = LABEL + TerminalText.width(command) + 1 + TerminalText.width(text);
    String between = whole <= width ? " " : " \\\n" + " ".repeat(LABEL + 4);
    out.println(TerminalText.columns("example", LABEL) + command + between + text);
  }

  private void line(PrintStream out, String label, String text) {
    String lines = TerminalText.wrapped(" ".repeat(LABEL) + text, width);
    out.println(TerminalText.columns(label, LABEL) + lines.substring(LABEL));
  }
}
