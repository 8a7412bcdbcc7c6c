package dev.limpid.explorer.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The bytes behind the arguments. Java replaces what is not UTF-8 before anybody can see it, so a
 * text with a replacement character may be another text than the one that was given.
 */
public final class ArgumentBytes {
  private static final String REPLACEMENT = "\uFFFD";

  private ArgumentBytes() {}

  /** Returns whether an argument was not UTF-8; false where the system does not tell. */
  public static boolean areBroken(List<String> arguments) {
    return areBroken(arguments, Path.of("/proc/self/cmdline"));
  }

  /**
   * Does the same.
   *
   * @param commandLine a file with the bytes of the command line, if there is one
   */
  static boolean areBroken(List<String> arguments, Path commandLine) {
    if (arguments.stream().noneMatch(argument -> argument.contains(REPLACEMENT))) {
      return false;
    }
    try {
      byte[] bytes = Files.readAllBytes(commandLine);
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return false;
    } catch (CharacterCodingException e) {
      return true;
    } catch (IOException e) {
      return false; // not every system has it
    }
  }
}
