package dev.limpid.model.tokenizer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads the decoder of a tokenizer.json. */
final class DecoderReader {
  private DecoderReader() {}

  static Decoder read(StepNode step) throws IOException {
    if (step.isMissing()) {
      return new Decoder.Spaced();
    }
    String type = step.type();
    return switch (type) {
      case "Sequence" -> sequence(step);
      case "ByteLevel" -> new Decoder.ByteLevel();
      case "ByteFallback" -> new ByteFallback();
      case "Fuse" -> new Decoder.Fuse();
      case "Replace" -> new Decoder.Replace(PatternReader.read(step), step.string("content"));
      case "Strip" ->
          new Decoder.Strip(step.character("content"), step.natural("start"), step.natural("stop"));
      case "Metaspace" ->
          new Decoder.Metaspace(
              Character.toString(step.character("replacement")),
              PreTokenizerReader.prepend(step) != PreTokenizer.Prepend.NEVER);
      default -> throw step.unsupported(type);
    };
  }

  private static Decoder sequence(StepNode step) throws IOException {
    List<Decoder> steps = new ArrayList<>();
    for (StepNode item : step.items("decoders")) {
      steps.add(read(item));
    }
    return new Decoder.Sequence(steps);
  }
}
