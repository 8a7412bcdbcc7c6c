package dev.limpid.explorer.help;

import java.lang.reflect.Field;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options of a command by {@link OptionGroup}. */
final class OptionGroups {
  private OptionGroups() {}

  /** Returns the options that help shows, by heading. */
  static Map<Heading, List<OptionSpec>> of(CommandSpec command) {
    return command.options().stream()
        .filter(option -> !option.hidden())
        .collect(
            Collectors.groupingBy(
                option -> heading(command, option),
                () -> new EnumMap<>(Heading.class),
                Collectors.toList()));
  }

  /** Returns the names of an option, and those that say the opposite. */
  static Stream<String> names(OptionSpec option) {
    Stream<String> names = Stream.of(option.names());
    return option.negatable()
        ? names.flatMap(name -> Stream.of(name, name.replaceFirst("^--", "--no-")))
        : names;
  }

  private static Heading heading(CommandSpec command, OptionSpec option) {
    if (!(option.userObject() instanceof Field field)) {
      return Heading.GENERAL;
    }
    @Nullable OptionGroup ofField = field.getAnnotation(OptionGroup.class);
    @Nullable OptionGroup ofClass = field.getDeclaringClass().getAnnotation(OptionGroup.class);
    if (ofField != null) {
      return ofField.value();
    }
    if (ofClass != null) {
      return ofClass.value();
    }
    return field.getDeclaringClass().isInstance(command.userObject())
        ? Heading.OPTIONS
        : Heading.GENERAL;
  }
}
