package dev.limpid.explorer.serve;

import dev.limpid.ModelSource;
import dev.limpid.explorer.serve.api.Paths;
import dev.limpid.explorer.settings.ExplorerConfig;
import dev.limpid.models.ModelLocator;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server in this process, on a port of its own, with the bundled models. */
public final class RunningServer implements AutoCloseable {
  /** What the first example of the bundled models says. */
  public static final String PROMPT = "When Mary and John went to the store, John gave a drink to";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Explorer explorer;
  private final ExplorerServer server;

  /** Starts one. */
  public RunningServer(Path home) throws IOException {
    this(home, 0);
  }

  /** Starts one on a port. */
  public RunningServer(Path home, int port) throws IOException {
    this(home, port, "demo-gpt2");
  }

  /** Starts one on a port that begins with a model. */
  public RunningServer(Path home, int port, String model) throws IOException {
    ModelLocator locator =
        ModelLocator.ofUser(
            Map.of(
                "LIMPID_CACHE", home.resolve("cache").toString(),
                "HF_HOME", home.resolve("hf").toString(),
                "LIMPID_BUNDLED", TestData.folder().resolve("models").toString()));
    ModelSource begin = ModelSource.find(model, locator);
    Models models = Models.find(locator, begin, Optional.empty(), line -> {});
    explorer = new Explorer(models, ExplorerConfig.defaults(), List.of("one", "two"));
    server =
        new ExplorerServer(explorer, Paths.all(explorer), Optional.empty(), port, failures::add);
  }

  /** Returns the port. */
  public int port() {
    return server.port();
  }

  /** Returns what should not have happened. */
  public List<Throwable> failures() {
    return failures;
  }

  /** Returns a text as a part of an address. */
  public static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Asks for a path. */
  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(request(path).build(), BodyHandlers.ofString());
  }

  /** Sends a body of JSON. */
  public HttpResponse<String> post(String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /** Sends a request with another method. */
  public HttpResponse<String> send(String method, String path)
      throws IOException, InterruptedException {
    return client.send(
        request(path).method(method, HttpRequest.BodyPublishers.noBody()).build(),
        BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
  }

  /** Makes the trace of a text, and returns its path. */
  public String trace(String text) throws IOException, InterruptedException {
    String body = JSON.writeValueAsString(Map.of("text", text));
    HttpResponse<String> response = post("/api/traces", body);
    if (response.statusCode() != 200) {
      throw new AssertionError(response.body());
    }
    return "/api/traces/" + json(response.body()).path("id").asString();
  }

  /** Reads a document. */
  public static JsonNode json(String text) {
    return JSON.readTree(text);
  }

  /** Returns the counts of both lanes. */
  public JsonNode queue() throws IOException, InterruptedException {
    return json(get("/api/status").body()).path("queue");
  }

  /** Keeps the lane of passes busy until the latch is opened: what is asked now waits behind. */
  void keepBusy(CountDownLatch until) {
    CountDownLatch begun = new CountDownLatch(1);
    Thread.ofVirtual()
        .start(() -> {
          Work work =
              listener -> {
                begun.countDown();
                awaitQuietly(until);
                return Content.json(new byte[0]);
              };
          try (Lane.Ticket ticket = explorer.passes().take("keepBusy", work)) {
            ticket.job().await(Duration.ofMinutes(1));
            ticket.answered();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    awaitQuietly(begun);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      if (!latch.await(1, TimeUnit.MINUTES)) {
        throw new AssertionError("nobody opened the latch");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Opens a connection. */
  public Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port());
  }

  /** Sends bytes as they are, and returns all that comes back until the server closes. */
  public String raw(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
