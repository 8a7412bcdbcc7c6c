package dev.limpid.explorer.process;

import dev.limpid.QuestionException;
import dev.limpid.model.NonFiniteStateException;
import dev.limpid.model.tokenizer.TokenizationException;
import dev.limpid.models.Spelling;
import dev.limpid.tensor.DeviceException;
import dev.limpid.tensor.spi.UnavailableBackendException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into one line that says where, what, and what to do; and an exit code. */
public final class Failures {
  private static final Pattern CHOICES =
      Pattern.compile(
          "'(--[a-z-]+)'.*expected one of \\[([A-Za-z_, ]+)\\] \\(case-insensitive\\) but was '(.*)'");

  private final Console console;
  private final boolean debug;

  /**
   * Prepares for what may come.
   *
   * @param debug whether stack traces are shown
   */
  public Failures(Console console, boolean debug) {
    this.console = console;
    this.debug = debug;
  }

  /** Reports a command line that makes no sense, and returns the exit code. */
  public int inUsage(ParameterException e, String[] arguments) {
    return usage(e.getCommandLine(), suggestion(e, List.of(arguments)), e);
  }

  /** Reports what a command threw, and returns the exit code. */
  public int inExecution(Exception e, CommandLine command, ParseResult result) {
    return switch (e) {
      case ResultStream.Closed closed -> closed(closed);
      case ParameterException wrong ->
          usage(wrong.getCommandLine(), suggestion(wrong, List.of()), wrong);
      case UsageFailure wrong -> usage(command, text(wrong), wrong);
      case CommandFailure failure -> failed(text(failure), failure);
      case QuestionException question -> failed(text(question), question);
      case UnavailableBackendException unavailable ->
          failed(unavailable.getMessage() + "; 'limpid doctor' lists the backends", unavailable);
      case DeviceException device -> failed(text(device), device);
      case TokenizationException text -> failed(text(text), text);
      case NonFiniteStateException state -> failed(text(state), state);
      case IOException io -> failed(describe(io), io);
      case java.io.UncheckedIOException io ->
          failed(describe(Objects.requireNonNull(io.getCause())), io);
      default ->
          failed("internal error: " + e + "; please report it with the output of --debug", e);
    };
  }

  /** Reports that results cannot be written, and returns the exit code. */
  public int closed(ResultStream.Closed e) {
    return e.isBrokenPipe()
        ? ExitCode.DONE
        : failed("standard output: cannot be written: " + e.reason(), e);
  }

  /**
   * Reports what the virtual machine itself reports, and returns the exit code; a mapped file may
   * have been cut off under us.
   */
  public int inMachine(VirtualMachineError e) {
    return switch (e) {
      case OutOfMemoryError memory -> outOfMemory(memory);
      case InternalError internal ->
          failed(
              "a file of the model was cut off while it was in use, or its disk cannot be read: "
                  + internal.getMessage(),
              internal);
      default ->
          failed("internal error: " + e + "; please report it with the output of --debug", e);
    };
  }

  private int outOfMemory(OutOfMemoryError e) {
    long heap = Runtime.getRuntime().maxMemory() >> 20;
    return failed(
        "out of memory: %d MiB of heap are not enough; give java more, for example".formatted(heap)
            + " LIMPID_JAVA_OPTS=-Xmx8g, or take a shorter prompt",
        e);
  }

  private int failed(String line, Throwable cause) {
    report(line, cause);
    return ExitCode.FAILED;
  }

  private int usage(CommandLine command, String line, Throwable cause) {
    report(line + "; see '" + command.getCommandSpec().qualifiedName() + " --help'", cause);
    return ExitCode.USAGE;
  }

  private void report(String line, Throwable cause) {
    ProgressLine.clear(console);
    console.err().println("limpid: " + line.strip().replaceAll("\\R\\s*", " "));
    if (debug) {
      cause.printStackTrace(console.err());
    }
  }

  private static String suggestion(ParameterException e, List<String> arguments) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    if (e instanceof UnmatchedArgumentException unmatched) {
      return unmatched(command, unmatched.getUnmatched(), arguments);
    }
    if (e instanceof MissingParameterException missing) {
      return missing(missing);
    }
    String text = text(e);
    Matcher choices = CHOICES.matcher(text);
    return choices.find()
        ? "%s: '%s' is not one of %s"
            .formatted(
                choices.group(1), choices.group(3), choices.group(2).toLowerCase(Locale.ROOT))
        : text;
  }

  /** Options and parameters that must be there, or the value of an option that is. */
  private static String missing(MissingParameterException e) {
    String missing =
        e.getMissing().stream()
            .map(argument ->
                argument instanceof OptionSpec option
                    ? option.longestName() + "=" + option.paramLabel()
                    : argument.paramLabel())
            .collect(Collectors.joining(", "));
    boolean hasNoValue = text(e).startsWith("Missing required parameter for option");
    return hasNoValue
        ? "a value is missing: " + missing
        : missing + (e.getMissing().size() == 1 ? " is missing" : " are missing");
  }

  private static String unmatched(
      CommandSpec command, List<String> unmatched, List<String> arguments) {
    Optional<String> option = unmatched.stream().filter(a -> a.startsWith("-")).findFirst();
    if (option.isPresent()) {
      String name = option.get().replaceFirst("=.*", "");
      return "there is no option '" + name + "'" + meant(name, command.optionsMap().keySet(), "");
    }
    String first = unmatched.getFirst();
    if (!command.subcommands().isEmpty()) {
      return noCommand(command, first);
    }
    String name = command.qualifiedName();
    List<String> words = arguments.subList(Math.min(1, arguments.size()), arguments.size());
    return words.stream().anyMatch(word -> word.startsWith("-"))
        ? "'%s' is one argument too many; a text of several words needs quotes round it"
            .formatted(first)
        : "a text of several words needs quotes: %s \"%s\""
            .formatted(name, String.join(" ", words));
  }

  private static String noCommand(CommandSpec parent, String word) {
    String name = parent.qualifiedName();
    String what = "there is no command '" + word + "'";
    if (parent.optionsMap().containsKey("--" + word)) {
      return what + "; did you mean: " + name + " --" + word;
    }
    return word.contains(" ")
        ? "a text needs a command before it: %s explain \"%s\"".formatted(name, word)
        : what + meant(word, parent.subcommands().keySet(), name + " ");
  }

  private static String meant(String word, Collection<String> words, String before) {
    return Spelling.nearest(word, words).map(near -> "; did you mean: " + before + near).orElse("");
  }

  /** The messages of file system exceptions are mostly just the path. */
  private static String describe(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> missing.getFile() + ": no such file or folder";
      case AccessDeniedException denied -> denied.getFile() + ": permission denied";
      case FileSystemException other when other.getReason() != null ->
          other.getFile() + ": " + other.getReason();
      default -> text(e);
    };
  }

  private static String text(Exception e) {
    @Nullable String message = e.getMessage();
    return message == null || message.isEmpty() ? e.toString() : message;
  }
}
