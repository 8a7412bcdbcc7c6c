package dev.limpid.explorer.cli;

import dev.limpid.Analysis;
import dev.limpid.LanguageModel;
import dev.limpid.Prompt;
import dev.limpid.QuestionException;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.CommandFailure;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.NumberedLine;
import dev.limpid.explorer.process.PromptsProgress;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.files.PromptEntry;
import dev.limpid.files.PromptFile;
import dev.limpid.files.PromptLine;
import dev.limpid.json.JsonOut;
import dev.limpid.model.NonFiniteStateException;
import dev.limpid.model.tokenizer.TokenizationException;
import dev.limpid.view.Document;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --prompts}: the same question about every prompt of a file, one model for all. */
@OptionGroup(Heading.PROMPT)
final class PromptsOption {
  private static final String STANDARD_INPUT = "-";

  /** So many prompts, or tokens, run together. */
  private static final int TOGETHER = 16;

  private static final int TOKENS_TOGETHER = 2048;

  @Option(
      names = "--prompts",
      paramLabel = "FILE",
      description = {
        "Answer every prompt of a file with a line of JSON; - for standard input. A line of it is an"
            + " object with \"text\" or \"tokens\", and if wanted \"answer\", \"distractor\" and"
            + " \"position\", which go before the options of these names."
      })
  private @Nullable String file;

  /** Answers the question of a command about one prompt. */
  interface Question {
    /** Returns what writes the document; all has been computed then. */
    Answer about(Analysis analysis, PromptLine line) throws IOException, QuestionException;
  }

  /** Writes a document. */
  interface Answer {
    void writeTo(OutputStream out) throws IOException;

    /** Returns what writes a record. */
    static Answer of(Document document) {
      byte[] json = JsonOut.bytes(document);
      return out -> out.write(json);
    }
  }

  /** Returns whether a file was given. */
  boolean isGiven() {
    return file != null;
  }

  /** Checks that nothing asks for another kind of output than lines of JSON. */
  void refuse(String option, boolean isGiven) {
    if (file != null && isGiven) {
      throw new UsageFailure("--prompts and " + option + " exclude one another");
    }
  }

  /**
   * Answers all prompts, in their order, and returns the exit code: a prompt that cannot be
   * answered is named on stderr, and the rest goes on; only if none was answered has the command
   * failed.
   */
  int answer(Console console, RunOptions run, Question question)
      throws IOException, QuestionException {
    refuse("TEXT, --file or --tokens", run.hasPrompt());
    try (PromptFile prompts = open(console)) {
      LanguageModel model = run.openModel(console);
      return new Run(
              console, model, run.bos(), prompts, isWhole(), progress(console, prompts), question)
          .all();
    }
  }

  private PromptFile open(Console console) throws IOException {
    return STANDARD_INPUT.equals(file)
        ? PromptFile.of(console.in(), "standard input")
        : PromptFile.open(path());
  }

  private PromptsProgress progress(Console console, PromptFile prompts) throws IOException {
    return new PromptsProgress(console, prompts, isWhole() ? Files.size(path()) : -1);
  }

  /** Whether all prompts are there already. */
  private boolean isWhole() {
    return !STANDARD_INPUT.equals(file) && Files.isRegularFile(path());
  }

  private Path path() {
    return Path.of(String.valueOf(file));
  }

  private record Run(
      Console console,
      LanguageModel model,
      Optional<Boolean> bos,
      PromptFile prompts,
      boolean isWhole,
      PromptsProgress progress,
      Question question) {

    int all() throws IOException {
      int all = 0;
      int answered = 0;
      for (var block = block(); !block.isEmpty(); block = block()) {
        all += block.size();
        answered += answers(block);
      }
      progress.clear();
      if (answered == 0) {
        throw new CommandFailure(
            all == 0
                ? prompts.name() + ": no prompts in it; give one JSON object a line"
                : "%s: 0 of %d prompts answered".formatted(prompts.name(), all));
      }
      if (answered < all) {
        console.warn("%s: %d of %d prompts answered".formatted(prompts.name(), answered, all));
      }
      return ExitCode.DONE;
    }

    /** Reads the next entries; one from a pipe, whose other end may wait for the answer to it. */
    private List<PromptEntry> block() throws IOException {
      List<PromptEntry> block = new ArrayList<>();
      int tokens = 0;
      while (block.size() < (isWhole ? TOGETHER : 1) && tokens < TOKENS_TOGETHER) {
        Optional<PromptEntry> next = prompts.next();
        if (next.isEmpty()) {
          break;
        }
        block.add(next.get());
        tokens += next.get() instanceof PromptLine line ? tokens(line.prompt()) : 0;
      }
      return block;
    }

    /** Counts tokens, or, as a text has no more of them, characters. */
    private static int tokens(PromptLine.Given prompt) {
      return prompt.text() != null
          ? prompt.text().length()
          : Objects.requireNonNull(prompt.tokens()).size();
    }

    /** Answers entries, whose prompts run together, and returns how many it could answer. */
    private int answers(List<PromptEntry> block) throws IOException {
      Map<PromptEntry, Prompt> cut = new LinkedHashMap<>();
      Map<PromptEntry, String> refused = new HashMap<>();
      for (PromptEntry entry : block) {
        try {
          if (entry instanceof PromptLine line) {
            cut.put(line, line.prompt().cut(model.source(), bos));
          }
        } catch (QuestionException | TokenizationException e) {
          refused.put(entry, String.valueOf(e.getMessage()));
        }
      }
      Iterator<Analysis> analyses = model.analyse(List.copyOf(cut.values()), progress).iterator();
      int answered = 0;
      for (PromptEntry entry : block) {
        progress.begin(entry.number());
        boolean isAnswered =
            switch (entry) {
              case PromptEntry.Bad bad -> passOver(bad.number(), bad.reason());
              case PromptLine line ->
                  cut.containsKey(line)
                      ? answersLine(analyses.next(), line)
                      : passOver(line.number(), String.valueOf(refused.get(line)));
            };
        answered += isAnswered ? 1 : 0;
      }
      return answered;
    }

    private boolean answersLine(Analysis analysis, PromptLine line) throws IOException {
      Answer answer;
      try {
        answer = question.about(analysis, line);
      } catch (QuestionException
          | CommandFailure
          | UsageFailure
          | TokenizationException
          | NonFiniteStateException e) {
        return passOver(line.number(), String.valueOf(e.getMessage()));
      }
      progress.clear();
      answer.writeTo(new NumberedLine(console.out(), line.number()));
      console.out().flush();
      return true;
    }

    private boolean passOver(int line, String reason) {
      progress.clear();
      console.warn("%s:%d: passed over: %s".formatted(prompts.name(), line, reason));
      return false;
    }
  }
}
