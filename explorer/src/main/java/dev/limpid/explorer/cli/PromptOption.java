package dev.limpid.explorer.cli;

import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.input.InputFile;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.UsageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** TEXT, {@code --file}, {@code -} or {@code --tokens}: one prompt, taken verbatim. */
@OptionGroup(Heading.PROMPT)
final class PromptOption {
  private static final String STANDARD_INPUT = "-";
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,9}");

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "TEXT",
      description =
          "The prompt, taken verbatim; - reads it from standard input, but for its final newline.")
  private @Nullable String text;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Read the prompt from a file, but for its final newline.")
  private @Nullable Path file;

  @Option(
      names = "--verbatim",
      description = "Keep the final newline of a file or of standard input.")
  private boolean verbatim;

  @Option(
      names = "--tokens",
      paramLabel = "IDS",
      description = "Token ids in place of a text, such as 1,2,3; no BOS is added.")
  private @Nullable String tokens;

  @Option(
      names = "--bos",
      negatable = true,
      description = "Put the BOS token in front, or not (default: as the model's family does).")
  private @Nullable Boolean bos;

  @Mixin private final ChatOptions chat = new ChatOptions();

  /** Returns whether a prompt was given. */
  boolean isGiven() {
    return given() > 0;
  }

  private long given() {
    return Stream.of(text != null, file != null, tokens != null, chat.hasMessages())
        .filter(b -> b)
        .count();
  }

  /** Returns whether a BOS goes in front; empty: as the model's family does it. */
  Optional<Boolean> bos() {
    return Optional.ofNullable(bos);
  }

  /** Returns the prompt that was given. */
  GivenPrompt read(Console console) throws IOException {
    if (given() != 1) {
      throw new UsageFailure(
          given() == 0
              ? "TEXT is missing; or give the prompt by --file=FILE, - or --tokens=IDS"
              : "more than one prompt given: give one of TEXT, --file, --tokens and --messages");
    }
    chat.requireUsable(tokens != null, bos != null);
    if (chat.hasMessages()) {
      return chat.messages();
    }
    if (tokens != null) {
      if (Boolean.TRUE.equals(bos)) {
        throw new UsageFailure("--bos: not with --tokens, which are complete as they are");
      }
      return new GivenPrompt.Tokens(ids("--tokens", tokens));
    }
    return alike(text(console));
  }

  /** Returns a text as it is cut where it is the prompt. */
  GivenPrompt alike(String other) {
    return chat.isGiven() ? chat.said(other) : new GivenPrompt.Text(other, bos());
  }

  private String text(Console console) throws IOException {
    if (file != null) {
      return withoutNewline(decode(InputFile.read(file), file.toString()), "the file", console);
    }
    String given = text == null ? "" : text;
    return given.equals(STANDARD_INPUT)
        ? withoutNewline(
            decode(InputFile.read(console.in(), "standard input"), "standard input"),
            "standard input",
            console)
        : given;
  }

  /** Every editor and echo writes one, and nobody means it as part of a prompt. */
  private String withoutNewline(String text, String where, Console console) {
    if (verbatim || !text.endsWith("\n")) {
      return text;
    }
    console.note("the final newline of " + where + " is left out; --verbatim keeps it");
    return text.substring(0, text.length() - (text.endsWith("\r\n") ? 2 : 1));
  }

  private static String decode(byte[] bytes, String where) throws IOException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException(where + ": not valid UTF-8; convert the text, or give --tokens", e);
    }
  }

  /** Returns ids given as a list by an option. */
  static List<Integer> ids(String option, String list) {
    List<Integer> ids = new ArrayList<>();
    for (String id : list.split(",", -1)) {
      ids.add(
          DIGITS.matcher(id.strip()).matches()
              ? Integer.parseInt(id.strip())
              : refuse(option, list, id));
    }
    return List.copyOf(ids);
  }

  private static int refuse(String option, String list, String id) {
    throw new UsageFailure(
        option + ": '" + list + "' is not a list of ids such as 1,2,3 ('" + id + "' is none)");
  }
}
