package dev.limpid.benchmarks.compare;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A process of {@code peers/peer.py} with a model loaded, asked for timings over its streams. */
final class Peer implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final Process process;
  private final BufferedReader answers;
  private final Writer requests;
  private final JsonNode about;

  /**
   * Starts a peer and waits until its model is loaded.
   *
   * @param python of the environment it lives in
   * @param name of its class in the script
   */
  Peer(Path python, Path script, Path model, String name, int threads) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(python.toString(), script.toString(), model.toString(), name)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("LIMPID_THREADS", String.valueOf(threads));
    process = builder.start();
    answers = process.inputReader(StandardCharsets.UTF_8);
    requests = process.outputWriter(StandardCharsets.UTF_8);
    about = answer();
  }

  /** Returns what it said of itself: the version of torch, and what it computes on. */
  JsonNode about() {
    return about;
  }

  /** Returns a task of the peer on some tokens. */
  Timed task(String task, List<Integer> tokens) {
    return task(task, tokens, Map.of());
  }

  /** Returns a task with more arguments. */
  Timed task(String task, List<Integer> tokens, Map<String, Object> arguments) {
    Task asked = asked(task, tokens, arguments);
    return () -> asked.answer().path("seconds").doubleValue();
  }

  /** Work of the peer, with all that it answers. */
  interface Task {
    /** Does it once. */
    JsonNode answer() throws IOException;
  }

  /** Returns a task of which more is to be known than the seconds it took. */
  Task asked(String task, List<Integer> tokens, Map<String, Object> arguments) {
    Map<String, Object> request = new LinkedHashMap<>(arguments);
    request.put("task", task);
    request.put("tokens", tokens);
    String line = JSON.writeValueAsString(request) + "\n";
    return () -> {
      requests.write(line);
      requests.flush();
      return answer();
    };
  }

  private JsonNode answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the peer ended; what it said stands above");
    }
    JsonNode answer = JSON.readTree(line);
    if (answer.has("error")) {
      throw new IOException("the peer failed: " + answer.path("error").stringValue());
    }
    return answer;
  }

  @Override
  public void close() {
    try {
      requests.close();
      process.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
    }
  }
}
