package dev.limpid.corpus;

import java.io.IOException;
import java.util.Optional;

/** Reads entries that are a line each. */
record LinesReader(Lines lines, Parser parser) implements PromptReader {
  /** Says what a line is. */
  interface Parser {
    CorpusEntry parse(long number, byte[] line);
  }

  @Override
  public Optional<CorpusEntry> next() throws IOException {
    return lines
        .next()
        .map(line ->
            line.bytes().isPresent()
                ? parser.parse(line.number(), line.bytes().get())
                : new CorpusEntry.Bad(line.number(), Lines.tooLong()));
  }

  @Override
  public long done() {
    return lines.bytesRead();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
