package dev.limpid.explorer;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/architecture.md draws and lists of packages is what the code is. */
class ArchitectureDrawingTest {
  private static final String ROOT = "dev.limpid";
  private static final int LINE = 120;

  /** A failure prints the block as it should stand in the page. */
  @Test
  void theDrawingShowsEveryArrowBetweenPackages() throws IOException {
    SortedMap<String, NavigableSet<String>> arrows = arrows();
    StringBuilder drawing = new StringBuilder();
    for (String module : modules()) {
      List<String> lines =
          arrows.entrySet().stream()
              .filter(arrow -> isIn(module, arrow.getKey()))
              .map(arrow -> line(arrow.getKey(), arrow.getValue()))
              .toList();
      if (!lines.isEmpty()) {
        drawing.append(module).append('\n');
        lines.forEach(drawing::append);
      }
    }

    String drawn = firstGroup("(?s)## Packages and their arrows\n.*?```text\n(.*?)```", page());

    assertThat(drawn)
        .as("the block in docs/architecture.md should be:\n\n%s\n", drawing)
        .isEqualTo(drawing.toString());
  }

  @Test
  void theTableOfWhatIsPublicNamesEveryPackageOnceAsTheModuleExportsIt() throws IOException {
    NavigableSet<String> exported = new TreeSet<>();
    NavigableSet<String> internal = new TreeSet<>();
    for (String module : modules()) {
      List<String> exports = exports(module);
      arrows().keySet().stream()
          .filter(name -> isIn(module, name))
          .forEach(name -> (exports.contains(name) ? exported : internal).add(shortName(name)));
    }

    String table = firstGroup("(?s)## What is public\n(.*?)(?:\n## |$)", page());
    List<List<String>> cells =
        table
            .lines()
            .filter(row -> row.startsWith("| `"))
            .map(row -> List.of(row.split("\\|", -1)))
            .toList();
    List<String> listedAsExported =
        cells.stream()
            .flatMap(row -> Stream.of(row.get(2), row.get(3)))
            .flatMap(c -> names(c))
            .toList();
    List<String> listedAsInternal = cells.stream().flatMap(row -> names(row.get(4))).toList();

    assertThat(listedAsExported).as("exported").containsExactlyInAnyOrderElementsOf(exported);
    assertThat(listedAsInternal).as("internal").containsExactlyInAnyOrderElementsOf(internal);
  }

  /** Every package, with those of this project that its classes refer to. */
  private static SortedMap<String, NavigableSet<String>> arrows() {
    SortedMap<String, NavigableSet<String>> arrows = new TreeMap<>();
    for (JavaClass from : ArchitectureTest.CLASSES) {
      NavigableSet<String> uses =
          arrows.computeIfAbsent(from.getPackageName(), name -> new TreeSet<>());
      from.getDirectDependenciesFromSelf().stream()
          .map(arrow -> arrow.getTargetClass().getBaseComponentType().getPackageName())
          .filter(to -> (to + ".").startsWith(ROOT + ".") && !to.equals(from.getPackageName()))
          .forEach(uses::add);
    }
    arrows.keySet().removeIf(name -> !(name + ".").startsWith(ROOT + "."));
    return arrows;
  }

  private static String line(String name, NavigableSet<String> uses) {
    String start =
        uses.isEmpty() ? "  " + shortName(name) : "  %-18s ->".formatted(shortName(name));
    StringBuilder lines = new StringBuilder();
    StringBuilder line = new StringBuilder(start);
    for (String used : uses) {
      String next = (used.equals(uses.last()) ? " %s" : " %s,").formatted(shortName(used));
      if (line.length() + next.length() > LINE) {
        lines.append(line).append('\n');
        line = new StringBuilder(" ".repeat(23));
      }
      line.append(next);
    }
    return lines.append(line).append('\n').toString();
  }

  private static String shortName(String name) {
    return name.equals(ROOT) ? ROOT : name.substring(ROOT.length() + 1);
  }

  /** The modules in the order of the root pom, which is that of the arrows; not the test data. */
  private static List<String> modules() throws IOException {
    String pom = Files.readString(TestData.root().resolve("pom.xml"));
    return groups("<module>(?!testdata)(.*?)</module>", pom);
  }

  private static boolean isIn(String module, String name) {
    Path source = sources(module).resolve(name.replace('.', '/'));
    return Files.exists(source.resolve("package-info.java"));
  }

  /** The packages that a module exports to everyone. */
  private static List<String> exports(String module) throws IOException {
    Path descriptor = sources(module).resolve("module-info.java");
    return Files.exists(descriptor)
        ? groups("exports ([\\w.]+);", Files.readString(descriptor))
        : List.of();
  }

  private static Path sources(String module) {
    return TestData.root().resolve(module).resolve("src/main/java");
  }

  private static String page() throws IOException {
    return Files.readString(TestData.root().resolve("docs/architecture.md"));
  }

  private static Stream<String> names(String cell) {
    return groups("`([\\w.]+)`", cell).stream();
  }

  private static String firstGroup(String pattern, String text) {
    List<String> found = groups(pattern, text);
    assertThat(found).as(pattern).isNotEmpty();
    return found.getFirst();
  }

  private static List<String> groups(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult m) -> m.group(1))
        .toList();
  }
}
