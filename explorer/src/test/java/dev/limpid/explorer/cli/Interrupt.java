package dev.limpid.explorer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Ctrl-C for another process. Shells start what runs in the background with interrupts ignored, and
 * so are then the tests and all they start: that is told to end by another signal, which is handled
 * the same way.
 */
final class Interrupt {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;

  /** A process that ends by a signal has this exit code plus the signal's number. */
  private static final int BY_SIGNAL = 128;

  private Interrupt() {}

  /** Interrupts a process and returns the exit code it is to have. */
  static int send(Process process) throws IOException, InterruptedException {
    int signal = areIgnored() ? SIGTERM : SIGINT;
    String pid = Long.toString(process.pid());
    new ProcessBuilder("kill", "-" + signal, pid).start().waitFor();
    return BY_SIGNAL + signal;
  }

  /** Looks into the mask of ignored signals, where the system shows it. */
  private static boolean areIgnored() throws IOException {
    if (!Files.exists(STATUS)) {
      return false;
    }
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .map(line -> line.substring("SigIgn:".length()).strip())
        .anyMatch(mask -> ((Long.parseUnsignedLong(mask, 16) >> (SIGINT - 1)) & 1) == 1);
  }
}
