package dev.limpid.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The hub's HTTP interface, as far as downloads need it.
 *
 * <p>Redirects are followed here and not by the JDK: large files come from other hosts, which must
 * not see the token.
 */
final class HubClient implements AutoCloseable {
  private static final int MOST_REDIRECTS = 10;
  private static final String REVISION = "main";

  private final HubSettings settings;
  private final HttpClient http;

  HubClient(HubSettings settings) {
    this.settings = settings;
    this.http =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.patience())
            .proxy(settings.proxies())
            .build();
  }

  /**
   * Returns the names of the files of a model, or empty where the server has no such list (a plain
   * mirror of files).
   */
  Optional<List<String>> list(String model) throws IOException {
    return Attempts.upTo(settings, () -> listOnce(model));
  }

  private Optional<List<String>> listOnce(String model) throws IOException {
    URI uri = URI.create(settings.endpoint() + "/api/models/" + model + "/revision/" + REVISION);
    try (InputStream body = requireFound(send("GET", uri, 0, true), model).body()) {
      JsonNode siblings = JsonMapper.shared().readTree(body.readAllBytes()).path("siblings");
      List<String> names = new ArrayList<>();
      siblings.forEach(sibling -> names.add(sibling.path("rfilename").asString("")));
      return siblings.isArray() ? Optional.of(names) : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    } catch (HubException e) {
      if (e.status() == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Returns what the server says of a file, or empty if there is none of that name. */
  Optional<RemoteFile> describe(String model, String file) throws IOException {
    return Attempts.upTo(settings, () -> describeOnce(model, file));
  }

  private Optional<RemoteFile> describeOnce(String model, String file) throws IOException {
    // Only to the door of another host: the hub's own answer carries size and hash.
    HttpResponse<InputStream> response = send("HEAD", address(model, file), 0, false);
    response.body().close();
    int status = response.statusCode();
    if (status == 404) {
      return Optional.empty();
    }
    if (status == 405 || status == 501) {
      return Optional.of(new RemoteFile(file, OptionalLong.empty(), Optional.empty()));
    }
    if (!isRedirect(status)) {
      requireFound(response, model);
    }
    HttpHeaders headers = response.headers();
    OptionalLong linked = headers.firstValueAsLong("x-linked-size");
    OptionalLong size =
        linked.isPresent() || isRedirect(status)
            ? linked
            : headers.firstValueAsLong("content-length");
    boolean isHub = headers.firstValue("x-repo-commit").isPresent();
    Optional<Checksum> checksum =
        headers
            .firstValue("x-linked-etag")
            .or(() -> headers.firstValue("etag"))
            .flatMap(tag -> Checksum.ofTag(tag, isHub));
    return Optional.of(new RemoteFile(file, size, checksum));
  }

  /** Opens a file from a byte on; the answer's status says whether the server keeps to that. */
  HttpResponse<InputStream> open(String model, String file, long from) throws IOException {
    HttpResponse<InputStream> response = send("GET", address(model, file), from, true);
    return response.statusCode() == 416 ? response : requireFound(response, model + "/" + file);
  }

  private URI address(String model, String file) {
    return URI.create(settings.endpoint() + "/" + model + "/resolve/" + REVISION + "/" + file);
  }

  private HttpResponse<InputStream> send(String method, URI first, long from, boolean leaveHost)
      throws IOException {
    URI uri = first;
    for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
      HttpResponse<InputStream> response = sendOnce(method, uri, from);
      Optional<String> location = response.headers().firstValue("location");
      if (!isRedirect(response.statusCode()) || location.isEmpty()) {
        return response;
      }
      URI next = redirected(uri, location.get());
      if (!leaveHost && !isSameServer(next, first)) {
        return response;
      }
      response.body().close();
      uri = next;
    }
    throw new HubException(310, first + ": more than " + MOST_REDIRECTS + " redirects");
  }

  private static URI redirected(URI from, String location) throws HubException {
    URI next;
    try {
      next = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new HubException(310, from + ": redirects to '" + location + "', which is no address");
    }
    boolean isWeb = "https".equals(next.getScheme()) || "http".equals(next.getScheme());
    if (!isWeb || ("https".equals(from.getScheme()) && !"https".equals(next.getScheme()))) {
      throw new HubException(310, from + ": redirects to " + next + ", which is not safe");
    }
    return next;
  }

  private HttpResponse<InputStream> sendOnce(String method, URI uri, long from) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("User-Agent", "limpid")
            .timeout(settings.patience());
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-");
    }
    if (isSameServer(uri, settings.endpoint())) {
      settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    }
    try {
      return http.send(request.build(), BodyHandlers.ofInputStream());
    } catch (HttpTimeoutException e) {
      throw new IOException(
          server(uri) + ": no answer for " + settings.patience().toSeconds() + " s", e);
    } catch (ConnectException e) {
      throw new IOException(
          server(uri) + ": cannot be reached; check the network, HTTPS_PROXY and HF_ENDPOINT", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(server(uri) + ": interrupted", e);
    }
  }

  private HttpResponse<InputStream> requireFound(HttpResponse<InputStream> response, String what)
      throws IOException {
    int status = response.statusCode();
    if (status == 200 || status == 206) {
      return response;
    }
    response.body().close();
    String server = server(response.uri());
    if (status >= 500 || status == 429) {
      throw new IOException(what + ": " + server + " answered " + status + "; try again later");
    }
    throw new HubException(
        status,
        switch (status) {
          case 401, 403 ->
              settings.token().isPresent()
                  ? "%s: %s refuses the token in HF_TOKEN (%d); does it belong to someone who has accepted the model's terms?"
                      .formatted(what, server, status)
                  : "%s: not found at %s, or not public (%d); check the name, or set HF_TOKEN"
                      .formatted(what, server, status);
          case 404 -> "%s: not found at %s; check the name".formatted(what, server);
          default -> "%s: %s answered %d".formatted(what, server, status);
        });
  }

  private static boolean isRedirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }

  private static boolean isSameServer(URI one, URI other) {
    return server(one).equals(server(other));
  }

  private static String server(URI uri) {
    return uri.getScheme() + "://" + uri.getRawAuthority();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
