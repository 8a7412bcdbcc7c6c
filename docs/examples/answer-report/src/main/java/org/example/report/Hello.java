package org.example.report;

import dev.limpid.*;

public class Hello {
  public static void main(String[] args) throws Exception {
    Analysis analysis = LanguageModel.open("demo-gpt2").analyse(args[0]);
    System.out.println(analysis.top(1).getFirst().text());
    analysis.explain().view().sources().forEach(System.out::println);
    System.out.println(analysis.generate(GenerationSettings.DEFAULT.withMaxNew(5)).toEnd().text());
  }
}
