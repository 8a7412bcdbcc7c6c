package dev.limpid.attribution.patching;

import static dev.limpid.testdata.Close.assertCloseToLargest;

import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerVisitor;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.intervene.Intervention;
import dev.limpid.model.intervene.Site;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.toy.AllBackends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Interventions against what hooks on Hugging Face's modules give in float64, on every backend. */
class InterventionsGoldenTest {
  /** Relative to the largest logit: float32 all the way. */
  private static final double TOLERANCE = 1e-4;

  static Stream<Arguments> cases() throws IOException {
    return TestData.goldenModels().stream()
        .filter(folder -> Files.exists(truth(folder)))
        .flatMap(folder -> AllBackends.NAMES.stream().map(name -> Arguments.of(folder, name)));
  }

  private static Path truth(Path folder) {
    return folder.resolveSibling("interventions").resolve(folder.getFileName() + ".json");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void changedRunsPredictWhatTheModulesPredict(Path folder, String backend) throws IOException {
    JsonNode golden = JsonMapper.shared().readTree(Files.readString(truth(folder)));
    Transformer model = ModelLoader.open(folder, AllBackends.open(backend));
    List<Integer> tokens = ids(golden.get("tokens"));
    ForwardTrace base = model.trace(tokens, TraceDetail.FULL);
    Replacement source = Replacement.from(model.trace(ids(golden.get("source")), TraceDetail.FULL));
    List<List<Intervention>> runs = new ArrayList<>();
    for (JsonNode one : golden.get("cases")) {
      runs.add(List.of(intervention(one, source)));
    }
    int last = tokens.size() - 1;
    PatchedRuns patched = new PatchedRuns(model, base, last);
    List<float[]> downstream = patched.each(runs, Tensor::toFloats, _ -> {});
    for (int i = 0; i < runs.size(); i++) {
      String name = runs.get(i).getFirst().site().toString();
      float[] expected = floats(golden.get("cases").get(i).get("logits"));
      ForwardTrace whole = model.run(tokens, runs.get(i), TraceDetail.FULL, LayerVisitor.NONE);
      assertCloseToLargest(name, whole.logits(last).toFloats(), expected, TOLERANCE);
      assertCloseToLargest(name + ", rerun", downstream.get(i), expected, TOLERANCE);
    }
  }

  private static Intervention intervention(JsonNode one, Replacement source) {
    Site site = site(one);
    return switch (one.get("do").asString()) {
      case "zero" ->
          site instanceof Site.Edge edge && one.has("renormalise")
              ? Intervention.drop(edge)
              : Intervention.zero(site);
      case "patch" -> source.at(site);
      case "scale" -> Intervention.scale(site, one.get("factor").floatValue());
      default -> Intervention.add(site, tensor(floats(one.get("vector"))));
    };
  }

  private static Site site(JsonNode one) {
    int layer = one.get("layer").asInt();
    int position = one.get("position").asInt();
    return switch (one.get("site").asString()) {
      case "head_out" -> new Site.Head(layer, one.get("head").asInt(), position);
      case "attention" ->
          new Site.Edge(layer, one.get("head").asInt(), position, one.get("key").asInt());
      case "neuron_post" -> new Site.Neuron(layer, one.get("neuron").asInt(), position);
      case String stage ->
          new Site.State(Site.Stage.valueOf(stage.toUpperCase(Locale.ROOT)), layer, position);
    };
  }

  private static List<Integer> ids(JsonNode list) {
    List<Integer> ids = new ArrayList<>();
    list.forEach(id -> ids.add(id.asInt()));
    return ids;
  }

  private static float[] floats(JsonNode list) {
    float[] floats = new float[list.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) list.get(i).asDouble();
    }
    return floats;
  }

  private static Tensor tensor(float[] numbers) {
    return Tensor.of(numbers, numbers.length);
  }
}
