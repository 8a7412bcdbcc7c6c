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
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tables of docs/json.md are what the schemas say. */
class JsonReferenceTest {
  private static final String BEGIN = "<!-- made from the schemas: begin -->\n";
  private static final String END = "<!-- made from the schemas: end -->\n";
  private static final Pattern LISTED = Pattern.compile("\\]\\(([a-z-]+\\.schema\\.json)\\)");

  private final Path docs = TestData.root().resolve("docs");

  /** {@code -Dlimpid.write.documents=true} writes them anew. */
  @Test
  void thePageSaysWhatTheSchemasSay() throws IOException {
    Path page = docs.resolve("json.md");
    String text = Files.readString(page);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    assertThat(begin).as("%s in %s", BEGIN, page).isPositive();
    assertThat(end).as("%s in %s", END, page).isGreaterThan(begin);
    String made =
        text.substring(0, begin) + BEGIN + tables() + END + text.substring(end + END.length());
    if (Boolean.getBoolean("limpid.write.documents")) {
      Files.writeString(page, made);
    }
    assertThat(Files.readString(page))
        .as("docs/json.md; -Dlimpid.write.documents=true writes its tables anew")
        .isEqualTo(made);
  }

  @Test
  void everyKeyOfASchemaIsInItsTable() throws IOException {
    JsonNode explain = schema("explain.schema.json");
    String section = JsonReference.section("explain.schema.json", explain, explain);
    assertThat(section)
        .contains("| `attention[].heads[].head` | index |", "| `answer` | prediction, optional |")
        .contains(
            "| `sources[].text` | string or null |", "| `logit_difference` | number, optional |")
        .doesNotContain("`model.name`");
    assertThat(JsonReference.common(explain))
        .contains("| `model.name` | string |", "| `rank` | integer |");
  }

  private String tables() throws IOException {
    JsonNode common = schema("explain.schema.json");
    StringBuilder tables =
        new StringBuilder("## Every document\n\n" + JsonReference.common(common));
    for (String file : files()) {
      tables.append('\n').append(JsonReference.section(file, schema(file), common));
    }
    return tables.toString();
  }

  /** In the order of the index, which another test holds to be whole. */
  private List<String> files() throws IOException {
    Matcher listed = LISTED.matcher(Files.readString(docs.resolve("schemas/README.md")));
    List<String> files = new ArrayList<>();
    while (listed.find()) {
      files.add(listed.group(1));
    }
    return files;
  }

  private JsonNode schema(String file) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(docs.resolve("schemas").resolve(file)));
  }
}
