package dev.limpid.explorer.cli;

import dev.limpid.Indices;
import dev.limpid.InterventionRequest;
import dev.limpid.attribution.patching.SiteSweep;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.files.InterventionsFile;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code SITE.LAYER[.HEAD|.NEURON|.EXPERT][@POSITION[:KEY]]}: places as the command line names
 * them; {@code *}, or nothing but for the layer, means all; positions and keys below 0 count from
 * the end.
 */
final class SiteAddress {
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?<site>[a-z_]+)\\.(?<layer>\\d+|\\*)(\\.(?<part>\\d+|\\*))?"
              + "(@(?<position>-?\\d+|\\*)(:(?<key>-?\\d+|\\*))?)?");

  private SiteAddress() {}

  /** Returns the places of an address and what is done there. */
  static InterventionRequest parse(
      String option, String address, InterventionRequest.Action action) {
    Matcher parts = ADDRESS.matcher(address);
    if (!parts.matches()) {
      throw new UsageFailure(
          ("%s: '%s' is no address: SITE.LAYER[.HEAD|.NEURON|.EXPERT][@POSITION[:KEY]], such as"
                  + " head_out.2.0@-1, mlp_out.3, neuron_post.3.17 or attention.2.4@14:10")
              .formatted(option, address));
    }
    SiteSweep.Kind site = site(option, parts.group("site"));
    boolean hasParts =
        switch (site) {
          case HEAD_OUT, ATTENTION, NEURON_POST, EXPERT_OUT -> true;
          default -> false;
        };
    if (parts.group("part") != null && !hasParts) {
      throw new UsageFailure(
          option + ": " + address + ": " + site + " has neither heads, neurons nor experts");
    }
    if (parts.group("key") != null && site != SiteSweep.Kind.ATTENTION) {
      throw new UsageFailure(option + ": " + address + ": only attention has keys");
    }
    Indices part = indices(option, parts.group("part"));
    boolean isHead = site == SiteSweep.Kind.HEAD_OUT || site == SiteSweep.Kind.ATTENTION;
    return new InterventionRequest(
        site,
        indices(option, parts.group("layer")),
        isHead ? part : Indices.ALL,
        site == SiteSweep.Kind.NEURON_POST ? part : Indices.ALL,
        site == SiteSweep.Kind.EXPERT_OUT ? part : Indices.ALL,
        indices(option, parts.group("position")),
        indices(option, parts.group("key")),
        action);
  }

  /** Returns a site by its name. */
  static SiteSweep.Kind site(String option, String name) {
    return Arrays.stream(SiteSweep.Kind.values())
        .filter(kind -> kind.toString().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new UsageFailure(
                "%s: there is no site '%s', but %s"
                    .formatted(option, name, InterventionsFile.sites())));
  }

  private static Indices indices(String option, @Nullable String written) {
    if (written == null || written.equals("*")) {
      return Indices.ALL;
    }
    try {
      return Indices.of(Integer.parseInt(written));
    } catch (NumberFormatException e) {
      throw new UsageFailure(option + ": " + written + " is too large a number");
    }
  }
}
