package dev.limpid.explorer.serve;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinException;
import java.io.IOException;
import java.net.BindException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Serves the page and its interface on this machine. */
public final class ExplorerServer implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final Set<String> LOCAL = Set.of(LOOPBACK, "localhost", "[::1]");
  private static final int IDLE_MILLIS = 30_000;
  private static final int STOP_MILLIS = 1000;
  private static final int HEADER_BYTES = 16 * 1024;

  private final Explorer explorer;
  private final List<Endpoint> endpoints;
  private final Answers answers;
  private final PageFiles page = new PageFiles();
  private final Optional<String> host;
  private final int asked;
  private final Javalin javalin;

  /**
   * Opens the port and begins to answer.
   *
   * @param endpoints the paths
   * @param host the name or address to listen on; empty for this machine alone
   * @param port 0 for any that is free
   * @param failures hears of what should not have happened
   * @throws IOException if the port is in use, or the host is not one of this machine
   */
  public ExplorerServer(
      Explorer explorer,
      List<Endpoint> endpoints,
      Optional<String> host,
      int port,
      Consumer<Throwable> failures)
      throws IOException {
    this.explorer = explorer;
    this.endpoints = List.copyOf(endpoints);
    this.answers = new Answers(failures);
    this.host = host;
    this.asked = port;
    this.javalin = Javalin.create(this::configure);
    try {
      javalin.start();
    } catch (JavalinException e) {
      throw notOpened(e);
    }
  }

  private IOException notOpened(JavalinException e) {
    Throwable cause = e;
    while (cause != null
        && !(cause instanceof IOException && !(cause.getCause() instanceof IOException))) {
      cause = cause.getCause();
    }
    boolean isTaken =
        cause instanceof BindException && String.valueOf(cause.getMessage()).contains("in use");
    String reason = isTaken ? "is in use" : "cannot be opened";
    return new IOException(
        "port %d of %s %s; give another by --port, or 0 for any that is free"
            .formatted(asked, host.orElse(LOOPBACK), reason),
        e);
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.concurrency.useVirtualThreads = true; // who waits for a lane costs no thread
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.http.prefer405over404 = true;
    config.jetty.modifyServer(this::configure);
    config.jetty.modifyHttpConfiguration(ExplorerServer::configure);
    config.jetty.addConnector(this::connector);
    config.routes.exception(HttpResponseException.class, ExplorerServer::refuse);
    config.routes.exception(Refusal.class, (refusal, context) -> Answers.refuse(context, refusal));
    for (Endpoint endpoint : endpoints) {
      Operation operation = endpoint.operation();
      HandlerType method = new HandlerType(operation.method().name());
      int maxBody = explorer.limits().maxBodyBytes();
      config.routes.addHttpHandler(
          method, operation.path(), context -> answers.answer(endpoint, context, maxBody));
    }
    Set<String> read = new HashSet<>(); // Javalin would answer HEAD with nothing and 200
    for (Endpoint endpoint : endpoints) {
      if (read.add(endpoint.operation().path())) {
        config.routes.addHttpHandler(
            HandlerType.HEAD, endpoint.operation().path(), ExplorerServer::refuseMethod);
      }
    }
    page.all()
        .forEach((path, content) -> {
          for (HandlerType method : List.of(HandlerType.GET, HandlerType.HEAD)) {
            config.routes.addHttpHandler(method, path, context -> file(context, path, content));
          }
        });
  }

  private void configure(Server server) {
    server.setStopTimeout(STOP_MILLIS);
    server.setErrorHandler(new ErrorAnswers());
    Set<String> names = new HashSet<>(LOCAL);
    host.map(name -> name.toLowerCase(Locale.ROOT)).ifPresent(names::add);
    server.insertHandler(new Doorkeeper(names, this::port));
  }

  private static void configure(HttpConfiguration http) {
    http.setSendServerVersion(false);
    http.setSendXPoweredBy(false);
    http.setRequestHeaderSize(HEADER_BYTES);
  }

  private ServerConnector connector(Server server, HttpConfiguration http) {
    ServerConnector connector = new ServerConnector(server, 1, 1, new RawTargets(http));
    connector.setHost(host.orElse(LOOPBACK));
    connector.setPort(asked);
    connector.setIdleTimeout(IDLE_MILLIS);
    connector.setReuseAddress(true);
    return connector;
  }

  private static void file(Context context, String path, Content content) {
    if (context.queryString() != null) {
      throw Query.bad("A file of the page takes no parameters.");
    }
    context.contentType(content.type());
    context.header("Cache-Control", PageFiles.kept(path));
    context.result(content.bytes());
  }

  private static void refuseMethod(Context context) {
    Answers.refuse(
        context,
        new Refusal(
            Refusal.Code.WRONG_METHOD,
            "%s: this path does not take that method."
                .formatted(Query.brief(context.method().name()))));
  }

  private static void refuse(HttpResponseException e, Context context) {
    if (e.getStatus() == Refusal.Code.WRONG_METHOD.status()) {
      refuseMethod(context);
    } else {
      Answers.refuse(context, new Refusal(Refusal.Code.NOT_FOUND, "There is no such path here."));
    }
  }

  /** Returns the address to open in a browser. */
  public String address() {
    return "http://" + host.orElse(LOOPBACK) + ":" + port() + "/";
  }

  /** Returns the port. */
  public int port() {
    return javalin.port();
  }

  /** Ends all work, and gives the port back. */
  @Override
  public void close() {
    explorer.close();
    javalin.stop();
  }
}
