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

  /** Begins to load it on a thread of its own: the command line can be read meanwhile. */
  public static Thread load() {
    return Thread.ofPlatform().daemon().name("limpid-vector").start(VectorModule::loadNow);
  }

  /** Waits until it is loaded, or cannot be. */
  public static void await(Thread loading) {
    boolean interrupted = false;
    while (loading.isAlive()) {
      try {
        loading.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void loadNow() {
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
