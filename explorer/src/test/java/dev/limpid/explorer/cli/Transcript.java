package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The commands of a page and the lines they print, as they stand there in fenced blocks: {@code
 * ```console}, or with a word more for those that need what is not in the project.
 *
 * <p>With {@code -Dlimpid.write.documents=true} the page is written anew instead of compared.
 */
record Transcript(Path page, String kind) {
  private static final String PROMPT = "$ ";
  private static final Pattern NUMBER = Pattern.compile("\\d+\\.(\\d+)");

  /** The least part of a bar may differ between processors, as the last digits do. */
  private static final Pattern PART_OF_BAR = Pattern.compile("[▏▎▍▌▋▊▉]");

  /** How far a number may be off, in units of its last digit. */
  private static final double SLACK = 2.01;

  static Transcript of(String page, String kind) {
    return new Transcript(TestData.root().resolve("docs").resolve(page), kind);
  }

  /** Runs every command of the page's blocks of this kind, and returns how many there were. */
  int check(LimpidRun.World world) throws IOException {
    String text = Files.readString(page);
    Matcher blocks = Pattern.compile("(?s)(```" + kind + "\n)(.*?)(```)").matcher(text);
    Map<String, String> variables = new HashMap<>();
    StringBuilder written = new StringBuilder();
    int commands = 0;
    while (blocks.find()) {
      List<String> shown = blocks.group(2).lines().toList();
      List<String> printed = new ArrayList<>();
      for (String line : shown.stream().filter(line -> line.startsWith(PROMPT)).toList()) {
        printed.add(line);
        printed.addAll(run(line.substring(PROMPT.length()), variables, world));
        commands++;
      }
      if (!Boolean.getBoolean("limpid.write.documents")) {
        compare(shown, printed);
      }
      String block = blocks.group(1) + String.join("\n", printed) + "\n" + blocks.group(3);
      blocks.appendReplacement(written, Matcher.quoteReplacement(block));
    }
    blocks.appendTail(written);
    if (Boolean.getBoolean("limpid.write.documents")) {
      Files.writeString(page, written);
    }
    return commands;
  }

  private List<String> run(String line, Map<String, String> variables, LimpidRun.World world) {
    ShellLine shell = ShellLine.parse(line, variables);
    if (shell.words().isEmpty()) {
      return List.of();
    }
    LimpidRun run = world.run(shell.words().toArray(String[]::new));
    assertThat(run.code()).as("%s: %s%n%s", page, line, run.err()).isZero();
    return shell.cut(run.out().lines().map(String::stripTrailing).toList());
  }

  private void compare(List<String> shown, List<String> printed) {
    String as = "%s shows what is printed no more; -Dlimpid.write.documents=true writes it anew";
    assertThat(printed.size()).as(as, page).isEqualTo(shown.size());
    for (int i = 0; i < shown.size(); i++) {
      if (!alike(shown.get(i), printed.get(i))) {
        assertThat(printed.get(i)).as(as, page).isEqualTo(shown.get(i));
      }
    }
  }

  /** Tells whether two lines say the same but for blanks and the last digits of numbers. */
  static boolean alike(String one, String other) {
    List<String> words = words(one);
    List<String> others = words(other);
    if (words.size() != others.size()) {
      return false;
    }
    for (int i = 0; i < words.size(); i++) {
      if (!words.get(i).equals(others.get(i)) && !close(words.get(i), others.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static List<String> words(String line) {
    return List.of(PART_OF_BAR.matcher(line).replaceAll("").strip().split("[ ()]+"));
  }

  private static boolean close(String one, String other) {
    String sign = one.startsWith("-") || one.startsWith("+") ? one.substring(0, 1) : "";
    if (!other.startsWith(sign)) {
      return false;
    }
    Matcher number = NUMBER.matcher(one.substring(sign.length()));
    Matcher second = NUMBER.matcher(other.substring(sign.length()));
    if (!number.matches()
        || !second.matches()
        || number.group(1).length() != second.group(1).length()) {
      return false;
    }
    double unit = Math.pow(10, -number.group(1).length());
    double difference = Double.parseDouble(number.group()) - Double.parseDouble(second.group());
    return Math.abs(difference) <= SLACK * unit;
  }
}
