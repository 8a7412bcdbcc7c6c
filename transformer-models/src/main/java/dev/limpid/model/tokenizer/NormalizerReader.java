package dev.limpid.model.tokenizer;

import java.io.IOException;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.List;

/** Reads the normalizer of a tokenizer.json. */
final class NormalizerReader {
  private NormalizerReader() {}

  static Normalizer read(StepNode step) throws IOException {
    if (step.isMissing()) {
      return Normalizer.NONE;
    }
    String type = step.type();
    return switch (type) {
      case "Sequence" -> sequence(step);
      case "NFC" -> Normalizer.unicode(Form.NFC);
      case "NFD" -> Normalizer.unicode(Form.NFD);
      case "NFKC" -> Normalizer.unicode(Form.NFKC);
      case "NFKD" -> Normalizer.unicode(Form.NFKD);
      case "Prepend" -> Normalizer.prepend(step.string("prepend"));
      case "Replace" -> Normalizer.replace(PatternReader.read(step), step.string("content"));
      case "Lowercase" -> Normalizer.lowercase();
      case "Strip" -> Normalizer.strip(step.bool("strip_left"), step.bool("strip_right"));
      default -> throw step.unsupported(type);
    };
  }

  private static Normalizer sequence(StepNode step) throws IOException {
    List<Normalizer> steps = new ArrayList<>();
    for (StepNode item : step.items("normalizers")) {
      steps.add(read(item));
    }
    return Normalizer.sequence(steps);
  }
}
