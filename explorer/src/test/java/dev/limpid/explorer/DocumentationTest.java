package dev.limpid.explorer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What the documents point to and quote is there. */
class DocumentationTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)(#[^)]*)?\\)");

  private static final Pattern QUOTE =
      Pattern.compile("```(?:java|python)\n(.*?)```", Pattern.DOTALL);

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>();
    try (Stream<Path> top = Files.list(TestData.root());
        Stream<Path> benchmarks = Files.list(TestData.root().resolve("benchmarks"));
        Stream<Path> docs = Files.walk(TestData.root().resolve("docs"))) {
      Stream.of(top, benchmarks, docs)
          .flatMap(paths -> paths)
          .filter(path -> path.toString().endsWith(".md"))
          .forEach(documents::add);
    }
    return documents;
  }

  @Test
  void linksBetweenDocumentsLeadSomewhere() throws IOException {
    assertThat(documents()).hasSizeGreaterThan(4);
    for (Path document : documents()) {
      Matcher links = LINK.matcher(Files.readString(document));
      while (links.find()) {
        if (!links.group(1).contains("://")) {
          assertThat(document.resolveSibling(links.group(1))).as("link in %s", document).exists();
        }
      }
    }
  }

  @Test
  void whatTheGuideToNewModelsQuotesIsTheCode() throws IOException {
    Path root = TestData.root();
    Path model = root.resolve("transformer-models/src/main/java/dev/limpid/model");
    String sources =
        Files.readString(model.resolve("load/Architecture.java"))
            + Files.readString(model.resolve("load/FamilyNames.java"))
            + Files.readString(model.resolve("load/families/FamilyConfigs.java"))
            + Files.readString(root.resolve("testdata/make/goldens.py"));
    Matcher quotes = QUOTE.matcher(Files.readString(root.resolve("docs/adding-a-model.md")));
    int found = 0;
    for (; quotes.find(); found++) {
      assertThat(withoutIndentation(sources)).contains(withoutIndentation(quotes.group(1)));
    }
    assertThat(found).isEqualTo(4);
  }

  @Test
  void everySchemaIsInTheIndexUnderTheNameThatItsDocumentsCarry() throws IOException {
    Path folder = TestData.root().resolve("docs/schemas");
    String index = Files.readString(folder.resolve("README.md"));
    List<Path> schemas;
    try (Stream<Path> files = Files.list(folder)) {
      schemas = files.filter(file -> file.toString().endsWith(".schema.json")).toList();
    }
    assertThat(schemas).hasSizeGreaterThan(11);
    for (Path schema : schemas) {
      String file = schema.getFileName().toString();
      String name = JsonMapper.shared().readTree(schema).at("/properties/schema/const").asString();
      assertThat(name).matches("limpid/" + file.replace(".schema.json", "") + "/[1-9]");
      assertThat(index).contains("[`" + name + "`](" + file + ")");
    }
  }

  private static String withoutIndentation(String code) {
    return code.lines().map(String::strip).collect(Collectors.joining("\n"));
  }
}
