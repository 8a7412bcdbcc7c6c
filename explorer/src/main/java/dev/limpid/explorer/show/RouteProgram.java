package dev.limpid.explorer.show;

import dev.limpid.RouteSettings;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.stream.Collectors;

/** Writes a program that finds the same route by the library. */
public final class RouteProgram {
  private RouteProgram() {}

  /**
   * Writes the program.
   *
   * @param model the name of the model
   * @param tokens of the prompt, BOS included
   * @param settings with a threshold
   */
  public static void write(
      String model, List<Integer> tokens, int position, RouteSettings settings, Writer out)
      throws IOException {
    out.write(
        """
        ///usr/bin/env jbang "$0" "$@" ; exit $?
        //JAVA 25+
        //DEPS dev.limpid:limpid:0.1.0-SNAPSHOT
        //RUNTIME_OPTIONS --add-modules jdk.incubator.vector
        //REPOS mavenlocal,mavencentral

        import dev.limpid.Analysis;
        import dev.limpid.LanguageModel;
        import dev.limpid.RouteSettings;
        import dev.limpid.routes.ThresholdMode;
        import dev.limpid.routes.export.RoutesJson;
        import java.io.PrintWriter;
        import java.util.List;

        /** The route of position %d. */
        public final class Route {
          private Route() {}

          public static void main(String[] arguments) throws Exception {
            List<Integer> tokens = List.of(
                %s);
            Analysis analysis = LanguageModel.open(%s).analyse(tokens);
            RouteSettings settings =
                RouteSettings.DEFAULT.withMode(ThresholdMode.%s).withThreshold(%s);
            RoutesJson.write(analysis.routes(settings, List.of(%d)), new PrintWriter(System.out));
          }
        }
        """
            .formatted(
                position,
                tokens.stream().map(String::valueOf).collect(Collectors.joining(", ")),
                quoted(model),
                settings.mode().name(),
                settings.threshold().orElseThrow(),
                position));
    out.flush();
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
