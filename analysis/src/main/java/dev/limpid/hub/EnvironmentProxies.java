package dev.limpid.hub;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Proxies as other command line tools choose them: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY,
 * in capitals or not. Java itself reads none of them.
 */
public final class EnvironmentProxies extends ProxySelector {
  private final Map<String, String> variables;

  private EnvironmentProxies(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  static EnvironmentProxies of(Map<String, String> variables) {
    return new EnvironmentProxies(variables);
  }

  @Override
  public List<Proxy> select(URI uri) {
    return List.of(
        variable(uri.getScheme() + "_proxy")
            .or(() -> variable("all_proxy"))
            .filter(proxy -> !isExempt(uri.getHost()))
            .flatMap(EnvironmentProxies::proxy)
            .orElse(Proxy.NO_PROXY));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException e) {
    // The request then fails, and says so.
  }

  private boolean isExempt(String host) {
    return Stream.of(variable("no_proxy").orElse("").split(","))
        .map(entry -> entry.strip().replaceFirst("^\\*?\\.", "").replaceFirst(":\\d+$", ""))
        .filter(entry -> !entry.isEmpty())
        .anyMatch(e -> e.equals("*") || host.equals(e) || host.endsWith("." + e));
  }

  private static Optional<Proxy> proxy(String text) {
    URI uri = URI.create(text.contains("://") ? text : "http://" + text);
    if (uri.getHost() == null) {
      return Optional.empty();
    }
    int port = uri.getPort() < 0 ? 80 : uri.getPort();
    return Optional.of(
        new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(uri.getHost(), port)));
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name))
        .or(() -> Optional.ofNullable(variables.get(name.toUpperCase(Locale.ROOT))))
        .filter(value -> !value.isBlank());
  }
}
