import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Writes the classes of a jar anew, as those of Java 25 with the stack maps that its verifier reads.
 *
 * <p>picocli is compiled for Java 5. Java puts such classes into no class archive: every process
 * reads, checks and links 150 of them again. Their code stays what it is (docs/adr/0011).
 *
 * <pre>java StackMaps.java picocli.jar</pre>
 */
final class StackMaps {
  /** Since when classes have stack maps. */
  private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;

  private static final ClassTransform TO_JAVA_25 =
      ClassTransform.transformingMethods(
              MethodTransform.transformingCode(CodeTransform.ACCEPT_ALL))
          .andThen(
              (builder, element) -> {
                if (element instanceof ClassFileVersion) {
                  builder.withVersion(ClassFile.JAVA_25_VERSION, 0);
                } else {
                  builder.with(element);
                }
              });

  private StackMaps() {}

  public static void main(String[] arguments) throws IOException {
    Path jar = Path.of(arguments[0]);
    Path aside = jar.resolveSibling(jar.getFileName() + ".part");
    try (ZipFile from = new ZipFile(jar.toFile());
        ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(aside))) {
      ClassFile classes =
          ClassFile.of(
              StackMapsOption.GENERATE_STACK_MAPS,
              ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing(name -> find(name, from))));
      for (ZipEntry entry : List.copyOf(from.stream().toList())) {
        ZipEntry copy = new ZipEntry(entry.getName());
        copy.setTimeLocal(entry.getTimeLocal());
        to.putNextEntry(copy);
        to.write(anew(classes, entry.getName(), from.getInputStream(entry).readAllBytes()));
        to.closeEntry();
      }
    }
    Files.move(aside, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  /** module-info.class stays: it has no code, and is of Java 9 already. */
  private static byte[] anew(ClassFile classes, String name, byte[] content) {
    if (!name.endsWith(".class")) {
      return content;
    }
    var model = classes.parse(content);
    return model.majorVersion() >= FIRST_WITH_STACK_MAPS
        ? content
        : classes.transformClass(model, TO_JAVA_25);
  }

  /** Where two types meet in a stack map, their common superclass is looked up: here, or in Java. */
  private static InputStream find(ClassDesc type, ZipFile jar) {
    String path = type.descriptorString().replaceAll("^L|;$", "") + ".class";
    ZipEntry entry = jar.getEntry(path);
    try {
      return entry == null
          ? ClassLoader.getSystemResourceAsStream(path)
          : jar.getInputStream(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
