package dev.limpid.explorer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command {@code limpid} as a process of its own, on the Java and the classes of the test. */
public final class JavaCommand {
  /** What the manifest of limpid.jar allows, so that vectors need not be asked for. */
  public static final List<String> LAUNCHED =
      List.of(
          "--add-exports",
          "java.base/jdk.internal.module=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED");

  /** Without it, they have to be. */
  public static final List<String> BY_HAND = List.of("--add-modules", "jdk.incubator.vector");

  private JavaCommand() {}

  /**
   * Returns the words that start it.
   *
   * @param flags of Java
   * @param words of the command
   */
  public static List<String> of(List<String> flags, List<String> words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "dev.limpid.explorer.Main"));
    command.addAll(words);
    return command;
  }
}
