package dev.limpid.model.chat.jinja;

/** What can be called: a method of a value, a macro, a function of the environment. */
@FunctionalInterface
public interface Callable {
  /** Returns the value. */
  Object call(Given given);
}
