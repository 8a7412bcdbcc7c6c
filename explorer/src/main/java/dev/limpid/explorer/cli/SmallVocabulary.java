package dev.limpid.explorer.cli;

import dev.limpid.explorer.models.ModelCard;
import dev.limpid.explorer.models.ModelLocation;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A kind word when a bundled model, which knows a few hundred words, is given others. */
final class SmallVocabulary {
  private static final Pattern WORD = Pattern.compile("\\p{L}+");
  private static final int NAMED = 3;

  private SmallVocabulary() {}

  /** Every word the bundled models were trained on is a token; others fall into pieces. */
  static void warn(TokenizedPrompt prompt, String text, Console console) throws IOException {
    ModelLocation location = prompt.location();
    if (location.origin() != ModelLocation.Origin.BUNDLED) {
      return;
    }
    Set<String> known =
        prompt.tokens().stream()
            .map(prompt::text)
            .filter(Objects::nonNull)
            .map(String::strip)
            .collect(Collectors.toSet());
    String unknown =
        WORD.matcher(text)
            .results()
            .map(MatchResult::group)
            .filter(word -> !known.contains(word))
            .distinct()
            .limit(NAMED)
            .map(word -> '"' + word + '"')
            .collect(Collectors.joining(", "));
    if (!unknown.isEmpty()) {
      String example = ModelCard.read(location.folder()).examples().stream().findFirst().orElse("");
      console.warn(
          "%s is a small model that never met %s; it knows sentences such as \"%s\" (more: limpid models info %s)"
              .formatted(location.name(), unknown, example, location.name()));
    }
  }
}
