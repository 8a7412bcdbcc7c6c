package dev.limpid.model.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/**
 * Changes one place of a chat template: words and signs are taken out, repeated, exchanged for
 * others of the same template, or followed by what takes time or memory without end.
 */
final class TemplateMutation {
  private static final Pattern PART =
      Pattern.compile("\\{[%{#]-?|-?[%}#]}|'[^'\\n]*'|\"[^\"\\n]*\"|\\w+|\\s+|.", Pattern.DOTALL);

  private static final String[] STATEMENTS = {
    "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    "{% set n = namespace(t='x') %}{% for a in range(99) %}{% set n.t = n.t ~ n.t %}{% endfor %}",
    "{% set n = namespace(t=[1]) %}{% for a in range(99) %}{% set n.t = [n.t, n.t] %}{% endfor %}"
        + "{{ n.t }}",
    "{% set n = namespace(t=[1]) %}{% for a in range(30) %}{% set n.t = [n.t, n.t] %}{% endfor %}"
        + "{{ n.t == [n.t[0], n.t[1]] }}{{ n.t | tojson }}",
    "{% set n = namespace() %}{% set n.n = n %}{{ n }}{{ n == n }}{{ {n: n} }}",
    "{% macro f(a) %}{{ f(a ~ a) }}{{ f(a) }}{% endmacro %}{{ f('x') }}",
    "{% raw %}",
    "{% if true %}",
    "{% endif %}",
    "{% endfor %}",
    "{% else %}",
    "{% break %}",
    "{% generation %}",
    "{% include '/etc/passwd' %}",
    "{{ raise_exception('a\\nb\\u2028c') }}",
    "{{ strftime_now('%Y%c%%') }}",
    "{{ messages[0]['content'] * 99999999 }}",
    "{{ range(-9223372036854775807, 9223372036854775807) }}",
    "{{ 9223372036854775807 + 1 }}",
    "{{ 99999999999999999999999 }}",
    "{{ -1 // 0 }}{{ 1 % 0 }}",
    "{{ 1e308 * 1e308 }}{{ 0.0 / 1e-320 }}",
    "{{ loop.cycle() }}",
    "{{ {1: 2, 'a': 3} | tojson(sort_keys=true, indent=9) }}",
    "{{ [3, 'a', none, {}] | sort }}",
    "{{ [[1], [1]] | unique | list }}",
    "{{ 'a' | tojson | tojson | tojson | tojson | tojson | tojson | tojson | tojson }}",
    "{#",
    "#}",
    "{{",
    "{{ '",
    "\u0000\uFFFF\uD83D\uDE00",
  };

  private static final String[] FILTERS = {
    " | tojson",
    " | list",
    " | string",
    " | length",
    " | unique",
    " | sort",
    " | map('upper')",
    " | selectattr('role', 'equalto', 'user')",
    " | indent(64)",
    " | join(messages)",
    " | int",
    " | items",
    " | reverse",
    " is none",
    ".items()",
    ".split('')",
    "[::-1]",
    "[99999999999:-1:-7]",
    "[loop]",
    "()",
    " ** 9",
    " ~ messages",
    " * 1000",
    " if",
    " in messages",
    "(".repeat(300),
  };

  private TemplateMutation() {}

  /** Returns the template changed; it is not modified. */
  static byte[] any(byte[] template, SplittableRandom random) {
    if (template.length == 0 || random.nextInt(6) == 0) {
      return ByteMutation.any(template, random);
    }
    List<String> parts =
        new ArrayList<>(
            PART.matcher(new String(template, StandardCharsets.UTF_8))
                .results()
                .map(part -> part.group())
                .toList());
    int at = random.nextInt(parts.size());
    int other = random.nextInt(parts.size());
    switch (random.nextInt(7)) {
      case 0 -> parts.remove(at);
      case 1 ->
          parts
              .subList(
                  Math.min(at, other),
                  Math.min(at, other) + 1 + random.nextInt(Math.abs(at - other) + 1))
              .clear();
      case 2 -> parts.set(at, parts.get(other));
      case 3 -> Collections.swap(parts, at, other);
      case 4 -> parts.add(at, parts.get(at).repeat(1 << random.nextInt(12)));
      case 5 -> parts.add(at, STATEMENTS[random.nextInt(STATEMENTS.length)]);
      default -> parts.add(at, FILTERS[random.nextInt(FILTERS.length)]);
    }
    return String.join("", parts).getBytes(StandardCharsets.UTF_8);
  }
}
