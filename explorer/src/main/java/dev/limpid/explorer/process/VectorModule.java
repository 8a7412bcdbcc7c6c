package dev.limpid.explorer.process;

/**
 * Loads the module jdk.incubator.vector where java was started without it.
 *
 * <p>With {@code --add-modules} java prints "WARNING: Using incubator modules" to every user; no
 * flag or manifest entry prevents that. The JDK's own way to add a module of its image at run time
 * (it does so for agents) prints nothing and gives the same code: hence this one reflective call,
 * which the manifest's Add-Exports permits. Where it fails, the backend says what flag to add.
 */
public final class VectorModule {
  private static final String NAME = "jdk.incubator.vector";

  private VectorModule() {}

  /** Loads it, where it is not there yet. */
  public static void load() {
    if (ModuleLayer.boot().findModule(NAME).isPresent()) {
      return;
    }
    try {
      Class.forName("jdk.internal.module.Modules")
          .getMethod("loadModule", String.class)
          .invoke(null, NAME);
    } catch (ReflectiveOperationException e) {
      // Not fatal: the default backend then is the reference, with a warning that says why.
    }
  }
}
