package dev.limpid.explorer.cli;

import dev.limpid.explorer.process.Console;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/** The commands of {@code limpid}; each is described to picocli when it is needed. */
public final class Commands {
  private Commands() {}

  /** Returns {@code limpid} itself, without any of its commands. */
  public static CommandLine root() {
    return new CommandLine(new RootCommand());
  }

  /** Returns all commands by name, in the order in which help lists them. */
  public static Map<String, Supplier<CommandLine>> all(Console console) {
    Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
    commands.put("explain", () -> new CommandLine(new ExplainCommand(console)));
    commands.put("routes", () -> new CommandLine(new RoutesCommand(console)));
    commands.put("lens", () -> new CommandLine(new LensCommand(console)));
    commands.put("logits", () -> new CommandLine(new LogitsCommand(console)));
    commands.put("heads", () -> new CommandLine(new HeadsCommand(console)));
    commands.put("attention", () -> new CommandLine(new AttentionCommand(console)));
    commands.put("neurons", () -> new CommandLine(new NeuronsCommand(console)));
    commands.put("attribute", () -> new CommandLine(new AttributeCommand(console)));
    commands.put("ablate", () -> new CommandLine(new AblateCommand(console)));
    commands.put("patch", () -> new CommandLine(new PatchCommand(console)));
    commands.put("faithfulness", () -> new CommandLine(new FaithfulnessCommand(console)));
    commands.put(
        "corpus",
        () ->
            new CommandLine(new CorpusCommand(console))
                .addSubcommand(new CorpusCompareCommand(console)));
    commands.put("qk", () -> new CommandLine(new QkCommand(console)));
    commands.put("generate", () -> new CommandLine(new GenerateCommand(console)));
    commands.put("trace", () -> new CommandLine(new TraceCommand(console)));
    commands.put("contributions", () -> new CommandLine(new ContributionsCommand(console)));
    commands.put("tokens", () -> new CommandLine(new TokensCommand(console)));
    commands.put("serve", () -> new CommandLine(new ServeCommand(console)));
    commands.put(
        "models",
        () ->
            new CommandLine(new ModelsCommand())
                .addSubcommand(new ModelsListCommand(console))
                .addSubcommand(new ModelsInfoCommand(console))
                .addSubcommand(new ModelsPullCommand(console)));
    commands.put("doctor", () -> new CommandLine(new DoctorCommand(console)));
    commands.put("completion", () -> new CommandLine(new CompletionCommand(console)));
    commands.put("help", () -> new CommandLine(new HelpCommand()));
    commands.put("man", () -> new CommandLine(new ManCommand(console)));
    return commands;
  }
}
