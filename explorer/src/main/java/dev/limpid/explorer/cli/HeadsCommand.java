package dev.limpid.explorer.cli;

import dev.limpid.Analysis;
import dev.limpid.LanguageModel;
import dev.limpid.Prompt;
import dev.limpid.QuestionException;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.heads.HeadProbes;
import dev.limpid.attribution.heads.HeadRoles;
import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.PhaseProgress;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.explorer.show.HeadRolesText;
import dev.limpid.explorer.show.HeadsText;
import dev.limpid.view.HeadRolesView;
import dev.limpid.view.HeadsView;
import dev.limpid.view.TokenView;
import java.io.IOException;
import java.util.ArrayList;
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
      "  limpid heads \"The capital of France is\" --layer 2 --links",
      "  limpid heads --roles"
    })
final class HeadsCommand implements Callable<Integer> {
  private static final int LISTED = 5;

  /** Pairs of parts a head. */
  private static final int LINKS = 3;

  private final Console console;

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final PromptsOption prompts = new PromptsOption();
  @Mixin private final AttributionOptions attribution = new AttributionOptions();

  @Option(names = "--layer", paramLabel = "L", description = "The layer of the heads.")
  private @Nullable Integer layer;

  @Option(
      names = "--position",
      paramLabel = "P",
      description = "The position they write to (default: the last).")
  private @Nullable Integer position;

  @Option(
      names = "--key",
      paramLabel = "K",
      description = "What they read from this position (default: all).")
  private @Nullable Integer key;

  @Option(
      names = "--links",
      description =
          "Also say why each head looks where it looks most, or at the --key: the parts of the two"
              + " states that fit together; all of them: limpid qk.")
  private boolean links;

  @Option(
      names = "--roles",
      description =
          "Which head does what, measured on generated prompts; the previous and first token on"
              + " the prompt given, if one is.")
  private boolean roles;

  @Option(
      names = "--all",
      description = "With --roles: all heads of each role (default: the best 5).")
  private boolean all;

  @OptionGroup(Heading.OUTPUT)
  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  HeadsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, QuestionException {
    ContributionOptions options = attribution.options();
    if (roles) {
      prompts.refuse("--roles", true);
      if (layer != null || position != null || key != null || links) {
        throw new UsageFailure("--roles: not together with --layer, --position, --key or --links");
      }
      return roles();
    }
    if (all) {
      throw new UsageFailure("--all: only together with --roles");
    }
    if (layer == null) {
      throw new UsageFailure("--layer=L is missing; or ask --roles, of all layers");
    }
    int l = layer;
    if (prompts.isGiven()) {
      return prompts.answer(
          console,
          run,
          (analysis, line) ->
              PromptsOption.Answer.of(
                  heads(analysis, l, AskedPositions.one(line, position, analysis), options)));
    }
    Analysis analysis = run.open(console);
    analysis.requireLayer(l);
    HeadsView view = heads(analysis, l, AskedPositions.one(position, analysis), options);
    if (json) {
      console.print(view);
    } else {
      new HeadsText(view, analysis.prompt().tokenViews(), console.width()).print(console.out());
    }
    return ExitCode.DONE;
  }

  private HeadsView heads(Analysis analysis, int l, int t, ContributionOptions options)
      throws QuestionException {
    return links
        ? analysis.headsWithLinks(l, t, key, options, LINKS)
        : analysis.heads(l, t, key, options);
  }

  private int roles() throws IOException, QuestionException {
    List<Prompt> given = new ArrayList<>();
    LanguageModel model;
    if (run.hasPrompt()) {
      Analysis analysis = run.open(console);
      given.add(analysis.prompt());
      model = analysis.model();
    } else {
      model = run.openModel(console);
    }
    HeadProbes probes = model.headProbes(given);
    if (probes.names().isEmpty()) {
      console.warn("no names that are one token each: name movers are not looked for");
    }
    @Nullable List<TokenView> tokens = given.isEmpty() ? null : given.getFirst().tokenViews();
    HeadRoles measured = model.headRoles(probes, new PhaseProgress(console, model.source().name()));
    if (json) {
      console.print(HeadRolesView.of(model.view(), tokens, measured));
    } else {
      int listed = all ? Integer.MAX_VALUE : LISTED;
      new HeadRolesText(measured.played(), listed, console.width()).print(console.out());
    }
    return ExitCode.DONE;
  }
}
