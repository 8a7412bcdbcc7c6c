package dev.limpid.explorer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import dev.limpid.Analysis;
import dev.limpid.LanguageModel;
import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.logits.LogitLens;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.model.tokenizer.TokenizerLoader;
import dev.limpid.routes.ContrastFlow;
import dev.limpid.routes.RouteExtractor;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The rules of the house that a compiler does not know. */
class ArchitectureTest {
  private static final Set<String> EMPTY_WORDS =
      Set.of("util", "utils", "common", "helper", "helpers", "core", "misc", "shared");

  private static final Set<String> COMMON_POOL =
      Set.of(
          "parallel",
          "parallelStream",
          "parallelSort",
          "parallelSetAll",
          "parallelPrefix",
          "commonPool",
          "runAsync",
          "supplyAsync");

  static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.limpid");

  /** The packages of module {@code limpid}. */
  private static final String[] FRONT_DOOR = {
    "dev.limpid",
    "dev.limpid.corpus..",
    "dev.limpid.files..",
    "dev.limpid.hub..",
    "dev.limpid.json..",
    "dev.limpid.models..",
    "dev.limpid.view.."
  };

  private static Set<String> packages() {
    return CLASSES.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
  }

  @Test
  void seesTheModulesItJudges() {
    assertThat(packages())
        .contains("dev.limpid.tensor", "dev.limpid.model.tokenizer", "dev.limpid.explorer.cli");
  }

  @Test
  void arrowsBetweenModulesPointOneWay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .withOptionalLayers(true)
        .layer("tensor")
        .definedBy("dev.limpid.tensor..")
        .layer("backends")
        .definedBy("dev.limpid.backend..")
        .layer("model")
        .definedBy("dev.limpid.model..")
        .layer("attribution")
        .definedBy("dev.limpid.attribution..")
        .layer("routes")
        .definedBy("dev.limpid.routes..")
        .layer("limpid")
        .definedBy(FRONT_DOOR)
        .layer("explorer")
        .definedBy("dev.limpid.explorer..")
        .whereLayer("tensor")
        .mayNotAccessAnyLayer()
        .whereLayer("backends")
        .mayOnlyAccessLayers("tensor")
        .whereLayer("backends")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("model")
        .mayOnlyAccessLayers("tensor")
        .whereLayer("attribution")
        .mayOnlyAccessLayers("tensor", "model")
        .whereLayer("routes")
        .mayOnlyAccessLayers("tensor", "model", "attribution")
        .whereLayer("limpid")
        .mayOnlyAccessLayers("tensor", "model", "attribution", "routes")
        .whereLayer("explorer")
        .mayNotBeAccessedByAnyLayer()
        .check(CLASSES);
  }

  @Test
  void packagesFormNoCycle() {
    // The front door itself is a package too: "limpid", beside "limpid.view" and the others.
    slices().matching("dev.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void theFrontDoorKnowsNeitherCommandLineNorConsole() {
    noClasses()
        .that()
        .resideInAnyPackage(FRONT_DOOR)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("picocli..")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(PrintStream.class, PrintWriter.class, java.io.Console.class)
        .because("servers and strangers ask here too")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAnyPackage(FRONT_DOOR)
        .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
        .check(CLASSES);
  }

  @Test
  void whatShowsAnswersComputesNone() {
    noClasses()
        .that()
        .resideInAPackage("dev.limpid.explorer.show..")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(
            Analysis.class, LanguageModel.class, RouteExtractor.class, ContrastFlow.class)
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.limpid.model..", "dev.limpid.tensor..")
        .because("the same answer is shown in several ways")
        .check(CLASSES);
  }

  @Test
  void theCommandLineHoldsOptionsAndCommandsOnly() {
    assertThat(
            CLASSES.stream()
                .filter(c -> c.getPackageName().equals("dev.limpid.explorer.cli"))
                .filter(c -> c.getEnclosingClass().isEmpty())
                .map(JavaClass::getSimpleName)
                .filter(name -> !name.equals("package-info")))
        .allMatch(name ->
            name.matches(".*(Command|Commands|Options?)")
                || Set.of(
                        "GivenPrompt",
                        "AskedLayers",
                        "DeviceReport",
                        "AskedPositions",
                        "SiteAddress",
                        "VersionProvider")
                    .contains(name));
    noClasses()
        .that()
        .resideInAPackage("dev.limpid.explorer.cli..")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(
            Transformer.class, RouteExtractor.class, Contributions.class, LogitLens.class)
        .because("commands ask, and the front door answers")
        .check(CLASSES);
  }

  @Test
  void theIncubatingVectorApiStaysInOnePackage() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.limpid.tensor.ops.vector..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jdk.incubator..")
        .because("it is still changing, and its types must appear in no signature")
        .check(CLASSES);
  }

  @Test
  void commandsOpenTheFilesOfAModelOnceByOneHandle() {
    noClasses()
        .that()
        .resideInAPackage("dev.limpid.explorer..")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(ModelLoader.class, TokenizerLoader.class)
        .because("ModelFiles parses what they would parse again")
        .check(CLASSES);
  }

  @Test
  void packageNamesSayWhatIsInThem() {
    assertThat(packages())
        .allSatisfy(name ->
            assertThat(Stream.of(name.split("\\."))).doesNotContainAnyElementsOf(EMPTY_WORDS));
  }

  @Test
  void everyPackageSaysWhatItIsForAndIsNullMarked() {
    assertThat(packages())
        .allSatisfy(name -> {
          assertThat(CLASSES.contain(name + ".package-info")).as("package-info").isTrue();
          assertThat(CLASSES.get(name + ".package-info").isAnnotatedWith(NullMarked.class))
              .as("@NullMarked")
              .isTrue();
        });
  }

  @Test
  void nothingRunsOnTheCommonPool() {
    noClasses()
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "it puts work on the common fork-join pool",
                call ->
                    COMMON_POOL.contains(call.getTarget().getName())
                        && call.getTargetOwner().getPackageName().startsWith("java.util")))
        .because("it is everybody's, and in a server somebody else's")
        .check(CLASSES);
  }
}
