package dev.limpid.explorer.serve;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Stands in front of everything: whom a request is for, which page sent it, whether its path is
 * one. What other pages of a browser send, or make it send by a name that leads here, is refused.
 */
final class Doorkeeper extends Handler.Wrapper {
  /** Names of models may hold an encoded slash, and nothing else does. */
  private static final Pattern PATH =
      Pattern.compile("/|(/[A-Za-z0-9_{}~@:+,=-][A-Za-z0-9_{}.~@:+,=-]*)+");

  private static final Pattern MODEL_PATH =
      Pattern.compile(
          "/api/models/(?!\\.)([A-Za-z0-9_.~@:+,=-]|%[2-9A-Fa-f][0-9A-Fa-f])+(/roles|/token)?");

  private final Set<String> names;
  private final IntSupplier port;

  /**
   * Lets in what is for one of some hosts.
   *
   * @param names without port
   * @param port known once the server listens
   */
  Doorkeeper(Set<String> names, IntSupplier port) {
    this.names = names;
    this.port = port;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Headers.put((name, value) -> response.getHeaders().put(name, value));
    try {
      require(request);
    } catch (Refusal refusal) {
      ErrorAnswers.write(response, callback, refusal);
      return true;
    }
    Presence.remember(request);
    return super.handle(request, response, callback);
  }

  private void require(Request request) {
    Set<String> hosts = hosts();
    List<HttpField> host = request.getHeaders().getFields(HttpHeader.HOST);
    if (host.size() != 1 || !hosts.contains(lower(host.getFirst().getValue()))) {
      throw new Refusal(
          Refusal.Code.FOREIGN_HOST,
          "Host: this server answers to %s alone.".formatted(String.join(", ", hosts)));
    }
    List<HttpField> origins = request.getHeaders().getFields(HttpHeader.ORIGIN);
    for (HttpField origin : origins) {
      String value = lower(origin.getValue());
      if (origins.size() > 1
          || !value.startsWith("http://")
          || !hosts.contains(value.substring("http://".length()))) {
        throw new Refusal(
            Refusal.Code.FOREIGN_ORIGIN, "Origin: another page may not ask this server.");
      }
    }
    String path = request.getHttpURI().getPath();
    if (path == null || !(PATH.matcher(path).matches() || MODEL_PATH.matcher(path).matches())) {
      throw new Refusal(Refusal.Code.NOT_FOUND, "There is no such path here.");
    }
  }

  /** A port of 80 is not written. */
  private Set<String> hosts() {
    int served = port.getAsInt();
    Set<String> hosts = new TreeSet<>();
    for (String name : names) {
      hosts.add(name + ":" + served);
      if (served == 80) {
        hosts.add(name);
      }
    }
    return hosts;
  }

  private static String lower(String value) {
    return value.toLowerCase(Locale.ROOT);
  }
}
