package dev.limpid.explorer.cli;

import dev.limpid.Version;
import picocli.CommandLine.IVersionProvider;

/** What {@code limpid --version} says. */
final class VersionProvider implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"limpid " + Version.limpid() + " (JDK " + Runtime.version() + ")"};
  }
}
