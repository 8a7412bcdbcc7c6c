///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 25+
//DEPS dev.limpid:limpid:0.1.0-SNAPSHOT
//RUNTIME_OPTIONS --add-modules jdk.incubator.vector
//REPOS mavenlocal,mavencentral

import dev.limpid.Analysis;
import dev.limpid.LanguageModel;

/** What comes after a text, and from which of its tokens: jbang Explain.java TEXT [MODEL]. */
public final class Explain {
  private Explain() {}

  public static void main(String[] arguments) throws Exception {
    String model = arguments.length > 1 ? arguments[1] : "demo-gpt2";
    Analysis analysis = LanguageModel.open(model).analyse(arguments[0]);
    analysis.top(3).forEach(System.out::println);
    analysis.sources().forEach(System.out::println);
  }
}
