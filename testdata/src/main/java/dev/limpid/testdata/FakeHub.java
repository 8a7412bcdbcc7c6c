package dev.limpid.testdata;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A hub on this machine, and a second server to which it sends for large files, as the real one
 * does. It can be made to misbehave.
 */
public final class FakeHub implements AutoCloseable {
  /** One request, as a server saw it. */
  public record Seen(
      String server, String method, String path, @Nullable String range, boolean token) {}

  private static final String MODEL = "org/name";
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final HttpServer hub;
  private final HttpServer store;
  private final Map<String, byte[]> files = new TreeMap<>();
  private final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());

  private boolean isListed = true;
  private boolean ignoresRanges;
  private int breakAfter = Integer.MAX_VALUE;
  private final AtomicInteger breaks = new AtomicInteger();
  private Optional<String> token = Optional.empty();
  private Optional<String> wrongHash = Optional.empty();
  private final AtomicInteger failures = new AtomicInteger();
  private boolean stalls;

  /** Starts both servers. */
  public FakeHub() throws IOException {
    hub = start("hub");
    store = start("store");
  }

  private HttpServer start(String name) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> answer(name, exchange));
    server.setExecutor(threads);
    server.start();
    return server;
  }

  /** Returns the address of the hub. */
  public URI address() {
    return address(hub);
  }

  private static URI address(HttpServer server) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Adds a file of the model org/name. */
  public FakeHub with(String name, String content) {
    return with(name, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a file of the model org/name. */
  public FakeHub with(String name, byte[] content) {
    files.put(name, content);
    return this;
  }

  /** Takes a file away again. */
  public FakeHub without(String name) {
    files.remove(name);
    return this;
  }

  /** A plain mirror of files, without the interface that lists them. */
  public FakeHub withoutList() {
    isListed = false;
    return this;
  }

  /** The store breaks off that many answers after that many bytes. */
  public FakeHub breakingOff(int times, int afterBytes) {
    breaks.set(times);
    breakAfter = afterBytes;
    return this;
  }

  /** The store stops sending once, without closing the connection. */
  public FakeHub stalling(int afterBytes) {
    stalls = true;
    return breakingOff(1, afterBytes);
  }

  public FakeHub ignoringRanges() {
    ignoresRanges = true;
    return this;
  }

  public FakeHub asking(String forToken) {
    token = Optional.of(forToken);
    return this;
  }

  public FakeHub announcing(String hash) {
    wrongHash = Optional.of(hash);
    return this;
  }

  /** The store answers 503 that many times. */
  public FakeHub failing(int times) {
    failures.set(times);
    return this;
  }

  public List<Seen> seen() {
    synchronized (seen) {
      return List.copyOf(seen);
    }
  }

  public List<Seen> downloads(String file) {
    return seen().stream()
        .filter(s -> s.method().equals("GET") && s.path().endsWith("/" + file))
        .filter(s -> s.server().equals("store"))
        .toList();
  }

  private void answer(String server, HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String sent = exchange.getRequestHeaders().getFirst("Authorization");
      String range = exchange.getRequestHeaders().getFirst("Range");
      seen.add(new Seen(server, exchange.getRequestMethod(), path, range, sent != null));
      if (server.equals("store")) {
        send(exchange, path.substring(1), range);
      } else if (token.isPresent() && !("Bearer " + token.get()).equals(sent)) {
        exchange.sendResponseHeaders(401, -1);
      } else if (path.equals("/api/models/" + MODEL + "/revision/main") && isListed) {
        byte[] json = list().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, json.length);
        exchange.getResponseBody().write(json);
      } else {
        resolve(exchange, path, range);
      }
    }
  }

  private String list() {
    return files.keySet().stream()
        .map(name -> "{\"rfilename\":\"" + name + "\"}")
        .collect(Collectors.joining(",", "{\"siblings\":[", "]}"));
  }

  private void resolve(HttpExchange exchange, String path, @Nullable String range)
      throws IOException {
    String prefix = "/" + MODEL + "/resolve/main/";
    String name = path.startsWith(prefix) ? path.substring(prefix.length()) : "";
    byte[] content = files.get(name);
    if (content == null) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    exchange.getResponseHeaders().add("X-Repo-Commit", COMMIT);
    if (name.endsWith(".safetensors")) {
      String hash = wrongHash.orElseGet(() -> hash("SHA-256", content));
      exchange.getResponseHeaders().add("X-Linked-Etag", '"' + hash + '"');
      exchange.getResponseHeaders().add("X-Linked-Size", Integer.toString(content.length));
      exchange.getResponseHeaders().add("Location", address(store) + "/" + name);
      exchange.sendResponseHeaders(302, -1);
      return;
    }
    byte[] head = ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
    byte[] blob = java.util.Arrays.copyOf(head, head.length + content.length);
    System.arraycopy(content, 0, blob, head.length, content.length);
    exchange.getResponseHeaders().add("ETag", '"' + hash("SHA-1", blob) + '"');
    send(exchange, name, range);
  }

  private static String hash(String algorithm, byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void send(HttpExchange exchange, String name, @Nullable String range) throws IOException {
    boolean large = name.endsWith(".safetensors");
    byte[] content = java.util.Objects.requireNonNull(files.get(name));
    if (large && failures.getAndDecrement() > 0) {
      exchange.sendResponseHeaders(503, -1);
      return;
    }
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().add("Content-Length", Integer.toString(content.length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    int from = range == null || ignoresRanges ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    if (from >= content.length && from > 0) {
      exchange.sendResponseHeaders(416, -1);
      return;
    }
    int count = content.length - from;
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, count);
    if (large && breaks.getAndDecrement() > 0) {
      exchange.getResponseBody().write(content, from, Math.min(count, breakAfter));
      exchange.getResponseBody().flush();
      if (stalls) {
        fallSilent();
      }
      return;
    }
    exchange.getResponseBody().write(content, from, count);
  }

  private void fallSilent() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    hub.stop(0);
    store.stop(0);
    threads.close();
  }
}
