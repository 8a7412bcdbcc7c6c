package dev.limpid.explorer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.model.tokenizer.TokenizerLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The rules of the house that a compiler does not know. */
class ArchitectureTest {
  private static final Set<String> EMPTY_WORDS =
      Set.of("util", "utils", "common", "helper", "helpers", "core", "misc", "shared");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.limpid");

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
        .layer("model")
        .definedBy("dev.limpid.model..")
        .layer("attribution")
        .definedBy("dev.limpid.attribution..")
        .layer("routes")
        .definedBy("dev.limpid.routes..")
        .layer("explorer")
        .definedBy("dev.limpid.explorer..")
        .whereLayer("tensor")
        .mayNotAccessAnyLayer()
        .whereLayer("model")
        .mayOnlyAccessLayers("tensor")
        .whereLayer("attribution")
        .mayOnlyAccessLayers("tensor", "model")
        .whereLayer("routes")
        .mayOnlyAccessLayers("tensor", "model", "attribution")
        .whereLayer("explorer")
        .mayNotBeAccessedByAnyLayer()
        .check(CLASSES);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching("dev.limpid.(**)").should().beFreeOfCycles().check(CLASSES);
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
}
