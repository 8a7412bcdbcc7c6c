package dev.limpid.hub;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How the hub is reached.
 *
 * @param endpoint the server (HF_ENDPOINT), without a slash at its end
 * @param token what opens models that are not public (HF_TOKEN)
 * @param proxies which proxy to use for what
 * @param patience how long to wait for a server that says nothing
 * @param pause how long to wait before the first new attempt; doubled for each further one
 */
public record HubSettings(
    URI endpoint,
    Optional<String> token,
    EnvironmentProxies proxies,
    Duration patience,
    Duration pause) {
  private static final String PUBLIC_HUB = "https://huggingface.co";
  private static final Set<String> YES = Set.of("1", "true", "yes", "on");

  /**
   * Reads them from environment variables, by the names Hugging Face's own tools use.
   *
   * @throws IOException if HF_ENDPOINT is no address, or HF_HUB_OFFLINE forbids the network
   */
  public static HubSettings of(Map<String, String> variables) throws IOException {
    String offline = variables.getOrDefault("HF_HUB_OFFLINE", "").toLowerCase(Locale.ROOT);
    if (YES.contains(offline)) {
      throw new IOException("HF_HUB_OFFLINE is set, so nothing is downloaded; unset it to go on");
    }
    String given = variables.getOrDefault("HF_ENDPOINT", "");
    return new HubSettings(
        endpoint(given.isBlank() ? PUBLIC_HUB : given.strip()),
        Optional.ofNullable(variables.get("HF_TOKEN")).map(String::strip).filter(t -> !t.isEmpty()),
        EnvironmentProxies.of(variables),
        Duration.ofSeconds(60),
        Duration.ofSeconds(1));
  }

  private static URI endpoint(String text) throws IOException {
    try {
      URI uri = new URI(text.replaceAll("/+$", ""));
      if (("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
          && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Told below.
    }
    throw new IOException("HF_ENDPOINT: '" + text + "' is not an address such as " + PUBLIC_HUB);
  }
}
