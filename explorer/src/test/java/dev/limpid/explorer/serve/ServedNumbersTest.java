package dev.limpid.explorer.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What the numbers of the interface add up to, and what is taken where nothing is said. */
class ServedNumbersTest {
  /** Logits have five decimals, and a node has some thirty edges. */
  private static final double LOGITS = 2e-4;

  private static final double SHARES = 2e-5;

  private static RunningServer server;
  private static String trace;

  @BeforeAll
  static void start(@TempDir Path home) throws Exception {
    server = new RunningServer(home);
    trace = server.trace(RunningServer.PROMPT);
  }

  @AfterAll
  static void stop() {
    assertThat(server.failures()).isEmpty();
    server.close();
  }

  private static JsonNode get(String path) throws Exception {
    return RunningServer.json(server.get(path).body());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/routes | ?by=contributions&position=14&threshold=0.04&mode=renormalised&max_edges=4000",
        "/heads?layer=2 | &position=14",
        "/maps?layer=2&head=0 | &rows=0-14",
        "/neurons?layer=2 | &position=14&top=20",
        "/lens | ?positions=0-14&states=resid_mid,resid_post&top=5&norm=own",
        "/update?component=head&layer=2&head=0 | &position=14&norm=raw&top=10",
        "/parts?node=A2_14 | &threshold=0.04&mode=renormalised",
        "/sizes | ?position=14&mode=renormalised",
        "/logits | ?position=14&by=head&answer=%20Mary",
        "/contrast?answer=%20Mary&distractor=%20John | &position=14&max_edges=400",
        "/faithfulness | ?position=14&threshold=0.04&mode=renormalised&ablation=zero&draws=20",
        "/export?format=json | &position=14&threshold=0.04&mode=renormalised"
      })
  void whatIsNotGivenStandsAtItsDefault(String path, String defaults) throws Exception {
    String said = server.get(trace + path + defaults).body();

    assertThat(said).startsWith("{").doesNotContain("\"error\"");
    assertThat(server.get(trace + path).body()).isEqualTo(said);
  }

  @Test
  void aTraceIsTheSameAskedForByItsId() throws Exception {
    String made =
        server
            .post(
                "/api/traces",
                "{\"text\":\"%s\",\"model\":\"demo-gpt2\",\"backend\":\"vector\",\"bos\":true,\"bias\":\"excluded\"}"
                    .formatted(RunningServer.PROMPT))
            .body();

    assertThat(server.get(trace).body()).isEqualTo(made);
    JsonNode document = RunningServer.json(made);
    assertThat(document.path("id").asString()).matches("[0-9a-f]{16}");
    assertThat(document.path("predictions")).hasSize(15);
    for (JsonNode prediction : document.path("predictions")) {
      assertThat(prediction.path("top")).hasSize(5);
      assertThat(prediction.path("entropy").asDouble()).isNotNegative();
    }
    JsonNode last = document.path("predictions").path(14);
    assertThat(last.path("entropy").asDouble()).isCloseTo(0.021379, within(SHARES));
    assertThat(last.path("top").path(0).toString())
        .startsWith("{\"id\":398,\"text\":\" Mary\",\"logit\":14.7322")
        .endsWith(",\"probability\":0.997998,\"rank\":1}");
  }

  @Test
  void whatARunDependsOnIsInItsId() throws Exception {
    Set<String> ids = new HashSet<>();
    for (String options :
        List.of(
            "",
            ",\"bos\":false",
            ",\"bias\":\"separate\"",
            ",\"backend\":\"reference\"",
            ",\"model\":\"demo-opt\"")) {
      String body = "{\"text\":\"%s\"%s}".formatted(RunningServer.PROMPT, options);
      JsonNode made = RunningServer.json(server.post("/api/traces", body).body());
      ids.add(made.path("id").asString());
      int tokens = options.contains("bos") ? 14 : 15;
      assertThat(made.path("tokens")).as(options).hasSize(tokens);
      String parts =
          "/api/traces/" + made.path("id").asString() + "/parts?node=A0_3&threshold=0.005";
      assertThat(get(parts).path("bias").asDouble() > 0)
          .as(options)
          .isEqualTo(options.contains("separate"));
    }
    assertThat(ids).hasSize(5);
  }

  @Test
  void rowsOfMapsAreWhatHeadsBrought() throws Exception {
    JsonNode maps = get(trace + "/maps?layer=2&head=0&rows=3-14");

    assertThat(maps.path("first_row").asInt()).isEqualTo(3);
    for (int row = 0; row < 12; row++) {
      JsonNode attention = maps.path("attention").path(row);
      assertThat(attention).hasSize(row + 4);
      assertThat(sum(attention)).isCloseTo(1, within(SHARES));
      JsonNode contribution = maps.path("contribution").path(row);
      assertThat(contribution).hasSize(row + 4);
      JsonNode heads = get(trace + "/heads?layer=2&key=2&position=" + (row + 3));
      assertThat(contribution.path(2)).isEqualTo(heads.path("heads").path(0).path("contribution"));
    }
  }

  private static double sum(JsonNode numbers) {
    return numbers.valueStream().mapToDouble(JsonNode::asDouble).sum();
  }

  @ParameterizedTest
  @CsvSource({"A2_14", "I2_14", "A0_1", "I3_7"})
  void partsOfAStateAddUp(String node) throws Exception {
    JsonNode parts = get(trace + "/parts?node=" + node);
    double kept =
        parts.path("residual").path("kept").asDouble()
            + parts.path("mlp").path("kept").asDouble(0)
            + parts.path("keys").valueStream().mapToDouble(k -> k.path("kept").asDouble()).sum();

    assertThat(kept + parts.path("bias").asDouble() + parts.path("below").asDouble())
        .isCloseTo(1, within(SHARES));
    double weights =
        parts.path("residual").path("weight").asDouble()
            + parts.path("mlp").path("weight").asDouble(0)
            + parts.path("keys").valueStream().mapToDouble(k -> k.path("weight").asDouble()).sum();
    assertThat(weights).as("after sharing out").isCloseTo(1, within(SHARES));
  }

  @Test
  void sizesAreThoseOfTheSlidersStops() throws Exception {
    JsonNode sizes = get(trace + "/sizes").path("sizes");

    assertThat(sizes.valueStream().map(size -> size.path(0).asDouble()))
        .containsExactly(
            0.005, 0.006, 0.008, 0.01, 0.012, 0.015, 0.02, 0.025, 0.03, 0.035, 0.04, 0.045, 0.05,
            0.06, 0.07, 0.08, 0.09, 0.1, 0.12, 0.15, 0.2);
    assertThat(sizes.path(0).toString()).isEqualTo("[0.005,108,329]");
    assertThat(sizes.path(10).toString()).isEqualTo("[0.04,38,60]");
  }

  @Test
  void towardsAndAwayAddUpAtEveryNode() throws Exception {
    JsonNode graph = get(trace + "/contrast?answer=%20Mary&distractor=%20John&max_edges=20000");
    for (String amount : List.of("towards", "away")) {
      Map<String, Double> into = new HashMap<>();
      Map<String, Double> outOf = new HashMap<>();
      for (JsonNode edge : graph.path("edges")) {
        into.merge(edge.path("to").asString(), edge.path(amount).asDouble(), Double::sum);
        outOf.merge(edge.path("from").asString(), edge.path(amount).asDouble(), Double::sum);
      }
      for (JsonNode node : graph.path("nodes")) {
        String id = node.path("id").asString();
        double all = node.path(amount).asDouble();
        if (!node.path("kind").asString().equals("token")) {
          assertThat(into.get(id)).as("%s %s", amount, id).isCloseTo(all, within(LOGITS));
        }
        if (!id.equals("I3_14")) {
          assertThat(outOf.get(id)).as("%s %s", amount, id).isCloseTo(all, within(LOGITS));
        }
      }
    }
    JsonNode last = graph.path("nodes").path(graph.path("nodes").size() - 1);
    assertThat(last.path("id").asString()).isEqualTo("I3_14");
    assertThat(last.path("towards").asDouble()).isCloseTo(20.89096, within(LOGITS));
    assertThat(last.path("away").asDouble()).isCloseTo(10.82698, within(LOGITS));
    assertThat(
            last.path("towards").asDouble()
                - last.path("away").asDouble()
                + graph.path("biases").asDouble())
        .isCloseTo(graph.path("logit").asDouble(), within(LOGITS));
  }

  @Test
  void ofAPrunedRouteNothingThatIsLeftOutIsLarger() throws Exception {
    JsonNode whole = get(trace + "/routes?threshold=0.01").path("routes").path(0);
    JsonNode document = get(trace + "/routes?threshold=0.01&max_edges=50");
    JsonNode pruned = document.path("routes").path(0);
    double least = document.path("pruned").path("least").asDouble();
    Set<String> kept = new HashSet<>();
    Set<String> ends = new HashSet<>(Set.of("I3_14"));
    for (JsonNode edge : pruned.path("edges")) {
      kept.add(edge.toString());
      ends.add(edge.path("from").asString());
      ends.add(edge.path("to").asString());
      assertThat(amount(whole, edge)).isGreaterThanOrEqualTo(least - SHARES);
    }
    List<String> order = whole.path("edges").valueStream().map(JsonNode::toString).toList();
    assertThat(pruned.path("edges").valueStream().map(JsonNode::toString))
        .isSubsetOf(order)
        .isSortedAccordingTo((a, b) -> order.indexOf(a) - order.indexOf(b));
    for (JsonNode edge : whole.path("edges")) {
      if (!kept.contains(edge.toString())) {
        assertThat(amount(whole, edge)).isLessThanOrEqualTo(least + SHARES);
      }
    }
    assertThat(pruned.path("nodes").valueStream().map(n -> n.path("id").asString()))
        .containsExactlyInAnyOrderElementsOf(ends);
    assertThat(pruned.path("nodes").valueStream().map(JsonNode::toString))
        .as("with their full flows")
        .isSubsetOf(whole.path("nodes").valueStream().map(JsonNode::toString).toList());
    assertThat(pruned.path("lost_flow")).isEqualTo(whole.path("lost_flow"));
  }

  /** The share of the last state that passes an edge. */
  private static double amount(JsonNode route, JsonNode edge) {
    double flow =
        route
            .path("nodes")
            .valueStream()
            .filter(node -> node.path("id").equals(edge.path("to")))
            .mapToDouble(node -> node.path("flow").asDouble())
            .findFirst()
            .orElseThrow();
    return edge.path("kind").asString().equals("mlp_in")
        ? flow
        : edge.path("weight").asDouble() * flow;
  }

  @Test
  void aTextIsOneTokenOrNone() throws Exception {
    String token = "/api/models/demo-gpt2/token?text=";

    assertThat(server.get(token + "%20Mary").body()).isEqualTo("{\"text\":\" Mary\",\"id\":398}\n");
    assertThat(server.get(token + "zzzz").body()).isEqualTo("{\"text\":\"zzzz\",\"id\":null}\n");
    assertThat(server.get("/api/models/nope/token?text=a").statusCode()).isEqualTo(404);
  }
}
