package dev.limpid;

import dev.limpid.models.ModelLocator;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.util.Map;

/** The bundled models as a user would open them, whatever else lies on this machine. */
public final class DemoModel {
  /** A prompt that the bundled models know, of 15 tokens. */
  public static final String PROMPT = "When Mary and John went to the store, John gave a drink to";

  private DemoModel() {}

  /** Returns settings that find the bundled models and nothing else. */
  public static Settings settings() {
    return Settings.defaults()
        .withLocator(
            ModelLocator.ofUser(
                Map.of(
                    "LIMPID_BUNDLED",
                    TestData.folder().resolve("models").toString(),
                    "LIMPID_CACHE",
                    "/dev/null/nowhere",
                    "HF_HOME",
                    "/dev/null/nowhere")));
  }

  /** Opens the default model. */
  public static LanguageModel open() throws IOException {
    return LanguageModel.open("demo-gpt2", settings());
  }
}
