package dev.limpid.explorer.cli;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.HeadContribution;
import dev.limpid.attribution.HeadContributions;
import dev.limpid.attribution.heads.HeadProbes;
import dev.limpid.attribution.heads.HeadRole;
import dev.limpid.attribution.heads.HeadRoles;
import dev.limpid.attribution.heads.HeadScores;
import dev.limpid.explorer.output.JsonOut;
import dev.limpid.explorer.view.HeadRolesView;
import dev.limpid.explorer.view.HeadsView;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpid heads}: what the heads of a layer brought, or which head does what in general. */
@Command(
    name = "heads",
    description = {
      "Shows what each head of a layer brought to one position; with --roles, which heads of the"
          + " model look at the previous token, do induction, move names and so on."
    },
    footer = {
      "",
      "Examples:",
      "  limpid heads \"The capital of France is\" --layer 2",
      "  limpid heads \"The capital of France is\" --layer 2 --position 5 --key 4 --json",
      "  limpid heads --roles"
    })
final class HeadsCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final AttributionOptions attribution = new AttributionOptions();

  @Option(names = "--layer", description = "The layer of the heads.")
  private @Nullable Integer layer;

  @Option(names = "--position", description = "The position they write to (default: the last).")
  private @Nullable Integer position;

  @Option(names = "--key", description = "What they read from this position (default: all).")
  private @Nullable Integer key;

  @Option(
      names = "--roles",
      description =
          "Which head does what, measured on generated prompts; the previous and first token on"
              + " the prompt given, if one is.")
  private boolean roles;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  HeadsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    ContributionOptions options = attribution.options();
    if (roles) {
      if (layer != null || position != null || key != null) {
        throw new UsageFailure("--roles: not together with --layer, --position or --key");
      }
      return roles();
    }
    if (layer == null) {
      throw new UsageFailure("--layer is missing: which heads? (or --roles for all)");
    }
    PromptRun prompt = run.open(console);
    int l = prompt.layer(layer);
    int q = prompt.position(position);
    if (key != null && (key < 0 || key > q)) {
      throw new CommandFailure(
          "key " + key + " is not seen from position " + q + ", whose keys go from 0 to " + q);
    }
    HeadContributions heads =
        HeadContributions.of(prompt.model(), l, prompt.trace().layer(l), options, q, key);
    if (json) {
      List<HeadsView.Head> views =
          heads.heads().stream()
              .map(head ->
                  new HeadsView.Head(
                      head.head(), head.contribution(), head.signed(), head.attention()))
              .toList();
      JsonOut.print(new HeadsView(l, q, key, views), console.out());
    } else {
      print(prompt, heads);
    }
    return Limpid.DONE;
  }

  private void print(PromptRun prompt, HeadContributions heads) {
    console
        .out()
        .printf(
            "What the heads of layer %d brought to position %d %s%s%n",
            heads.layer(), heads.position(), token(prompt, heads.position()), from(prompt));
    console
        .out()
        .println("head  contribution   signed  " + (key == null ? "largest " : "") + "attention");
    heads.heads().stream()
        .sorted(Comparator.comparingDouble((HeadContribution head) -> -head.contribution()))
        .forEach(head ->
            console
                .out()
                .printf(
                    "%4d  %12.4f  %7.4f  %" + (key == null ? 17 : 9) + ".4f%n",
                    head.head(),
                    head.contribution(),
                    head.signed(),
                    head.attention()));
  }

  private String from(PromptRun prompt) {
    return key == null ? "" : " from position " + key + " " + token(prompt, key);
  }

  private static String token(PromptRun prompt, int position) {
    return prompt.prompt().quoted(prompt.prompt().tokens().get(position));
  }

  private int roles() throws IOException {
    PromptRun opened = run.openWithOptionalPrompt(console);
    List<Integer> tokens = opened.prompt().tokens();
    HeadProbes probes =
        HeadProbes.of(
            opened.model().config(),
            opened.prompt().tokenizer(),
            tokens.isEmpty() ? List.of() : List.of(tokens));
    if (probes.names().isEmpty()) {
      console.warn("no names that are one token each: name movers are not looked for");
    }
    HeadRoles measured;
    try (ProgressLine progress = new ProgressLine(console)) {
      measured =
          HeadRoles.of(
              opened.model(),
              probes,
              done -> progress.steps("running prompts", done, probes.nPrompts()));
    }
    if (json) {
      JsonOut.print(
          new HeadRolesView(measured.heads().stream().map(HeadsCommand::view).toList()),
          console.out());
    } else {
      print(measured);
    }
    return Limpid.DONE;
  }

  private void print(HeadRoles measured) {
    List<HeadRoles.Played> played = measured.played();
    if (played.isEmpty()) {
      console.out().println("No head passes the threshold of a role; --json shows all scores.");
      return;
    }
    console.out().println("layer  head  role             score");
    for (HeadRoles.Played role : played) {
      console
          .out()
          .printf(
              "%5d  %4d  %-15s  %5.3f%n",
              role.head().layer(), role.head().head(), role.role(), role.score());
    }
  }

  private static HeadRolesView.Head view(HeadScores head) {
    return new HeadRolesView.Head(
        head.layer(),
        head.head(),
        head.previousToken(),
        head.induction(),
        head.duplicateToken(),
        head.firstToken(),
        head.copying(),
        head.answerAttention(),
        head.otherAttention(),
        head.roles().stream().map(HeadRole::toString).toList());
  }
}
