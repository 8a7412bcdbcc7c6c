package dev.limpid.explorer.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Some 1,500 tokens of a real model: what is asked for at once has its bounds, and what is kept.
 */
@Tag("accuracy")
class SmolLm2ServedTest {
  private static final String SENTENCE =
      "Marie Curie was born in Warsaw and moved to Paris, where she studied physics and won two"
          + " prizes. ";

  @Test
  void longTextsAreAnsweredInParts(@TempDir Path home) throws Exception {
    try (RunningServer server = new RunningServer(home, 0, System.getProperty("limpid.smollm2"))) {
      String trace = server.trace(SENTENCE.repeat(71));
      int tokens = RunningServer.json(server.get(trace).body()).path("tokens").size();
      assertThat(tokens).isBetween(1400, 1700);
      JsonNode cache = RunningServer.json(server.get("/api/status").body()).path("cache");
      assertThat(cache.path("bytes").asLong()).isLessThan(250L << 20);

      // 30 layers, after attention and after the MLP.
      assertThat(server.get(trace + "/lens?positions=0-67&top=1").statusCode()).isEqualTo(200);
      HttpResponse<String> many = server.get(trace + "/lens?positions=0-68&top=1");
      assertThat(many.statusCode()).isEqualTo(400);
      assertThat(many.body()).contains("4140 states are more than the 4096");

      JsonNode maps = RunningServer.json(server.get(trace + "/maps?layer=1&head=0").body());
      assertThat(maps.path("attention")).hasSize(512);
      assertThat(maps.path("first_row").asInt()).isEqualTo(tokens - 512);
      assertThat(server.get(trace + "/maps?layer=1&head=0&rows=0-512").statusCode()).isEqualTo(400);

      assertThat(server.get(trace + "/routes").body().length()).isLessThan(3 << 20);
      JsonNode fine = RunningServer.json(server.get(trace + "/routes?threshold=0.005").body());
      assertThat(fine.path("routes").path(0).path("edges")).hasSize(4000);
      assertThat(fine.path("pruned").path("edges").asInt()).isGreaterThan(4000);
      assertThat(server.failures()).isEmpty();
    }
  }
}
