package dev.limpid.explorer.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line as documents show it to be typed: variables are set, or {@code limpid} runs, perhaps into
 * {@code head}, {@code tail} or {@code grep}.
 *
 * @param words what limpid is given, without its name; empty where only variables are set
 * @param cuts what is done with its lines, such as {@code head -5}
 */
record ShellLine(List<String> words, List<String> cuts) {
  private static final Pattern ASSIGNMENT = Pattern.compile("(\\w+)=(\"[^\"]*\"|\\S+)\\s*");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");
  private static final Pattern VARIABLE = Pattern.compile("\\$(\\w+)");

  /** The first line with a word, and so many after it. */
  private static final Pattern FOUND = Pattern.compile("grep -m1 (?:-A(\\d+) )?(\\w+)");

  private static final Pattern CUT = Pattern.compile("(head|tail) -(\\d+)");

  /** Reads a line; what it sets is put into the variables, which are modified. */
  static ShellLine parse(String line, Map<String, String> variables) {
    Matcher assignment = ASSIGNMENT.matcher(line);
    if (assignment.matches()) {
      variables.put(assignment.group(1), assignment.group(2).replace("\"", ""));
      return new ShellLine(List.of(), List.of());
    }
    List<String> stages = List.of(line.split(" \\| ", -1));
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(stages.getFirst());
    while (word.find()) {
      String text = word.group(1) == null ? word.group(2) : word.group(1);
      words.add(VARIABLE.matcher(text).replaceAll(name -> value(name.group(1), variables)));
    }
    if (!words.getFirst().equals("limpid")) {
      throw new IllegalArgumentException("no command of limpid: " + line);
    }
    return new ShellLine(words.subList(1, words.size()), stages.subList(1, stages.size()));
  }

  private static String value(String name, Map<String, String> variables) {
    String value = variables.get(name);
    if (value == null) {
      throw new IllegalArgumentException("$" + name + " is set nowhere before");
    }
    return Matcher.quoteReplacement(value);
  }

  /** Returns the lines that are left. */
  List<String> cut(List<String> lines) {
    List<String> left = lines;
    for (String stage : cuts) {
      left = cut(left, stage);
    }
    return left;
  }

  private static List<String> cut(List<String> lines, String stage) {
    Matcher found = FOUND.matcher(stage);
    if (found.matches()) {
      int first = 0;
      while (first < lines.size() && !lines.get(first).contains(found.group(2))) {
        first++;
      }
      int after = found.group(1) == null ? 0 : Integer.parseInt(found.group(1));
      return lines.subList(first, Math.min(lines.size(), first + 1 + after));
    }
    Matcher cut = CUT.matcher(stage);
    if (!cut.matches()) {
      throw new IllegalArgumentException("neither head -N nor tail -N nor grep: " + stage);
    }
    int count = Math.min(Integer.parseInt(cut.group(2)), lines.size());
    return cut.group(1).equals("head")
        ? lines.subList(0, count)
        : lines.subList(lines.size() - count, lines.size());
  }
}
