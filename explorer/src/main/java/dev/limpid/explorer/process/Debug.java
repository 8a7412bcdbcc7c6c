package dev.limpid.explorer.process;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What is said on stderr with {@code --debug} alone. */
public final class Debug {
  private final PrintStream err;
  private final boolean on;
  private final List<Supplier<String>> atEnd = new ArrayList<>();

  /** Says something if it is {@code on}. */
  public Debug(PrintStream err, boolean on) {
    this.err = err;
    this.on = on;
  }

  /** Says something, one line; nothing is computed for it otherwise. */
  public void say(Supplier<String> message) {
    if (on) {
      err.println("limpid: debug: " + message.get());
    }
  }

  /** Says something when the command has ended. */
  public void sayAtEnd(Supplier<String> message) {
    atEnd.add(message);
  }

  /** Says what was put off. */
  public void end() {
    atEnd.forEach(this::say);
    atEnd.clear();
  }
}
