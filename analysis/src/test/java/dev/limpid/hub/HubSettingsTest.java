package dev.limpid.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HubSettingsTest {
  @Test
  void theEnvironmentDecides() throws IOException {
    assertThat(HubSettings.of(Map.of()).endpoint()).hasToString("https://huggingface.co");
    HubSettings settings =
        HubSettings.of(Map.of("HF_ENDPOINT", "https://mirror.example/hf/", "HF_TOKEN", " t\n"));
    assertThat(settings.endpoint()).hasToString("https://mirror.example/hf");
    assertThat(settings.token()).contains("t");
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> HubSettings.of(Map.of("HF_ENDPOINT", "ftp://x")))
        .hasMessageContaining("HF_ENDPOINT: 'ftp://x'");
    assertThatThrownBy(() -> HubSettings.of(Map.of("HF_HUB_OFFLINE", "1")))
        .hasMessageContaining("HF_HUB_OFFLINE");
  }

  private static Proxy proxy(Map<String, String> variables, String address) {
    return EnvironmentProxies.of(variables).select(URI.create(address)).getFirst();
  }

  @Test
  void proxiesComeFromTheEnvironment() {
    Map<String, String> variables =
        Map.of("HTTPS_PROXY", "http://proxy.example:3128", "no_proxy", "local, .corp.example:80");
    Proxy proxy =
        new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("proxy.example", 3128));
    assertThat(proxy(variables, "https://huggingface.co/x")).isEqualTo(proxy);
    assertThat(proxy(variables, "http://huggingface.co/x")).isEqualTo(Proxy.NO_PROXY);
    assertThat(proxy(variables, "https://local/x")).isEqualTo(Proxy.NO_PROXY);
    assertThat(proxy(variables, "https://hf.corp.example/x")).isEqualTo(Proxy.NO_PROXY);
    assertThat(proxy(variables, "https://notlocal/x")).isEqualTo(proxy);
  }
}
