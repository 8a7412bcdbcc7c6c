package dev.limpid.model.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.limpid.model.chat.jinja.Template;
import dev.limpid.model.chat.jinja.TemplateException;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What templates need and is not known is refused by name and line; none of them runs for ever. */
class TemplateTest {
  private static String render(String template) {
    ChatTemplate chat = new ChatTemplate(Template.of(template), Map.of("bos_token", "<s>"));
    return chat.render(List.of(new ChatMessage("user", "Hi")), true).text();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '@',
      value = {
        "{% include 'x' %}@line 1: statement 'include' is not supported",
        "{% call f() %}{% endcall %}@line 1: statement 'call' is not supported",
        "{{ 'a' | wordwrap(3) }}@line 1: the filter 'wordwrap' is not supported",
        "{{ 1 is prime }}@line 1: the test 'prime' is not supported",
        "{{ 'a'.zfill(3) }}@line 1: 'zfill' of a string is not supported",
        "{{ messages.append(1) }}@line 1: 'append' of a list is not supported",
        "{{ loop.changed(1) }}@line 1: 'loop' is undefined",
        "{{ 2 ** 3 }}@line 1: '**' is not supported",
        "{{ f(*messages) }}@line 1: '*' in a call is not supported",
        "{{ nobody.name }}@line 1: 'nobody' is undefined",
        "{{ nobody() }}@line 1: nobody, which is what is not defined, cannot be called",
        "{{ 'a' + 1 }}@line 1: '+' between a string and a number is not supported",
        "{{ 'a' < 1 }}@line 1: a string and a number have no order",
        "{{ {1: 2, 'a': 3}|tojson(sort_keys=true) }}@line 1: a string and a number have no order",
        "{{ [1] in {} }}@line 1: a list is no key of a dictionary",
        "{{ 1 / 0 }}@line 1: a number is too large, or divided by 0",
        "{{ 'a'.upper(1) }}@line 1: upper takes 0 arguments",
        "{{ [1]|tojson(separators=(',', ':')) }}@line 1: tojson with separators is not supported",
        "{% if true %}@line 1: 'endif' is missing",
        "{% endif %}@line 1: 'end...' without a beginning",
        "{{ 'a }}@line 1: ''' is not expected",
        "{{ a b }}@line 1: '}}' is expected, not 'b'",
        "{# a@line 1: a comment has no end",
        "{% for x in messages recursive %}{% endfor %}@line 1: a recursive loop is not supported",
        "{% break %}@'break' or 'continue' outside of a loop",
        "{{ strftime_now('%c') }}@strftime_now with %c is not supported",
        "{{ raise_exception('No.') }}@No.",
      })
  void whatIsNotKnownIsRefused(String template, String words) {
    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> render(template))
        .withMessage(words);
  }

  @Test
  void linesAreCounted() {
    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> render("a\n{{ 1 }}\n\n{{ 'x' | nothing }}"))
        .withMessage("line 4: the filter 'nothing' is not supported");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      value = {
        "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}@takes too long",
        "{% set n = namespace(t='x') %}{% for a in range(99) %}{% set n.t = n.t + n.t %}{% endfor %}@too long",
        "{{ 'x' * 999999999 }}@too long",
        "{{ range(999999999) }}@line 1: range is too long",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}@macros call one another too deep",
        "{{ range(-9223372036854775807, 9223372036854775807) }}@range is too long",
        "{% set n = namespace(t=[1]) %}{% for a in range(60) %}{% set n.t = [n.t, n.t] %}{% endfor %}{{ n.t }}@too long",
        "{% set n = namespace(t=[1]) %}{% for a in range(60) %}{% set n.t = [n.t, n.t] %}{% endfor %}{{ n.t|tojson }}@too long",
        "{% set n = namespace(t=[1], u=[1]) %}{% for a in range(60) %}{% set n.t = [n.t, n.t] %}{% set n.u = {'u': n.u, 'v': n.u} %}{% endfor %}{{ [n.t, n.u] == [[n.t[0], n.t[1]], {'v': n.u.v, 'u': n.u.u}] }}@too large to compare",
        "{% set n = namespace(t=[1]) %}{% for a in range(60) %}{% set n.t = [n.t, n.t] %}{% endfor %}{{ {n.t: 1} }}@a list is no key of a dictionary",
        "{% set n = namespace(t='x') %}{% for a in range(60) %}{% set n.t = n.t|tojson %}{% endfor %}@too long",
        "{% set n = namespace(t='x') %}{% for a in range(21) %}{% set n.t = n.t ~ n.t %}{% endfor %}{{ n.t|list|length }}@too long to be taken apart",
        "{% set n = namespace(t='a ') %}{% for a in range(21) %}{% set n.t = n.t ~ n.t %}{% endfor %}{{ n.t.split(' ')|length }}@list too long",
        "{% set n = namespace(t='a\\n') %}{% for a in range(21) %}{% set n.t = n.t ~ n.t %}{% endfor %}{{ n.t|indent(64) }}@too long",
      })
  void noneRunsForEver(String template, String words) {
    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> render(template))
        .withMessageContaining(words);
  }

  /** These once took minutes, or all memory. */
  @Test
  @Timeout(20)
  void whatIsLargeIsDoneAtOnce() {
    assertThat(render("{{ range(99999)|list|unique|length }}")).isEqualTo("99999");
    String doubled =
        "{% set n = namespace(t='x') %}{% for a in range(21) %}{% set n.t = n.t ~ n.t %}{% endfor %}";
    assertThat(render(doubled + "{{ n.t[-1] ~ n.t[2:5] ~ n.t[9:3:-2] }}")).isEqualTo("xxxxxxx");
    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> render("{% raw %}".repeat(100_000)))
        .withMessage("line 1: 'endraw' is missing");
    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> render("x".repeat(1 << 21)))
        .withMessage("the template has 2097152 characters, supported are 1048576");
  }

  @Test
  void noneNestsForEver() {
    for (String template :
        List.of(
            "{{ " + "(".repeat(50_000) + "1" + ")".repeat(50_000) + " }}",
            "{{ " + "not ".repeat(50_000) + "1 }}",
            "{{ 1" + " + 1".repeat(200_000) + " }}",
            "{% if 1 %}".repeat(40_000) + "{% endif %}".repeat(40_000))) {
      assertThatExceptionOfType(TemplateException.class)
          .isThrownBy(() -> render(template))
          .withMessageContaining("too deep");
    }
  }

  @Test
  void datesAreThoseOfC() {
    LocalDateTime time = LocalDateTime.of(2026, 3, 7, 9, 5, 1);
    assertThat(DateFormat.of("%d %b %Y, %A %B %H:%M:%S 100%%", time))
        .isEqualTo("07 Mar 2026, Saturday March 09:05:01 100%");
  }

  /** Whatever a few characters of a template are, it is a text, or one line that says why not. */
  @Test
  void damageIsSaidInOneLine() {
    String template =
        "{% for m in messages %}{{ '<|' ~ m['role'] ~ '|>' + m.content | trim }}{% if loop.last %}"
            + "{{- x | default({'a': [1, 2]}) | tojson -}}{% endif %}{% endfor %}{# done #}";
    String signs = "{}%#'\"|.[]()-+*/~,:= \nabm1";
    Random random = new Random(11);
    for (int i = 0; i < 4_000; i++) {
      StringBuilder changed = new StringBuilder(template);
      for (int changes = 0; changes < 1 + i % 4; changes++) {
        int at = random.nextInt(changed.length());
        switch (random.nextInt(3)) {
          case 0 -> changed.deleteCharAt(at);
          case 1 -> changed.insert(at, signs.charAt(random.nextInt(signs.length())));
          default -> changed.setCharAt(at, signs.charAt(random.nextInt(signs.length())));
        }
      }
      try {
        render(changed.toString());
      } catch (TemplateException e) {
        assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
      }
    }
  }
}
