package dev.limpid.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts peers and ends them. */
final class Peers implements AutoCloseable {
  private final Path script;
  private final Path python;
  private final Path pythonLens2;
  private final List<Peer> started = new ArrayList<>();

  Peers(Path script, Path python, Path pythonLens2) {
    this.script = script;
    this.python = python;
    this.pythonLens2 = pythonLens2;
  }

  /** Starts a peer by the name of its class in the script. */
  Peer start(Subject subject, String name) throws IOException {
    Path environment = name.equals("Hooked") ? pythonLens2 : python;
    int threads = Runtime.getRuntime().availableProcessors();
    Peer peer = new Peer(environment, script, subject.folder(), name, threads);
    started.add(peer);
    return peer;
  }

  @Override
  public void close() {
    started.forEach(Peer::close);
  }
}
