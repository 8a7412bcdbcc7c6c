package dev.limpid.model.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions that every template has. */
final class Functions {
  private static final int MOST = 100_000;

  private Functions() {}

  static Scope scope() {
    Scope scope = new Scope(null);
    scope.set("range", (Callable) Functions::range);
    scope.set("namespace", (Callable) given -> new Namespace(strings(given)));
    scope.set("dict", (Callable) given -> new LinkedHashMap<Object, Object>(strings(given)));
    return scope;
  }

  private static Object range(Given given) {
    given.of("start", "stop", "step");
    boolean one = given.positional().size() == 1;
    long from = one ? 0 : given.number(0, "start", 0);
    long to = given.number(one ? 0 : 1, "stop", 0);
    long step = given.number(2, "step", 1);
    if (step == 0) {
      throw new TemplateException("range with a step of 0");
    }
    List<Object> numbers = new ArrayList<>();
    for (long i = from; step > 0 ? i < to : i > to; i = Math.addExact(i, step)) {
      if (numbers.size() == MOST) {
        throw new TemplateException("range is too long");
      }
      numbers.add(i);
    }
    return numbers;
  }

  private static Map<String, Object> strings(Given given) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (Object map : given.positional()) {
      Values.pairs(map)
          .forEach(pair -> {
            List<?> both = (List<?>) pair;
            values.put(Values.text(both.getFirst()), both.getLast());
          });
    }
    values.putAll(given.named());
    return values;
  }
}
