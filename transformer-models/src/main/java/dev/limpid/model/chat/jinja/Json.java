package dev.limpid.model.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes values as Python's json.dumps does. */
final class Json {
  private final int indent;
  private final boolean ascii;
  private final boolean sorted;
  private final StringBuilder out = new StringBuilder();

  private Json(int indent, boolean ascii, boolean sorted) {
    this.indent = indent;
    this.ascii = ascii;
    this.sorted = sorted;
  }

  /**
   * Returns a value as JSON.
   *
   * @param indent blanks for each level; negative for all on one line
   */
  static String of(Object value, int indent, boolean ascii, boolean sorted) {
    Json json = new Json(indent, ascii, sorted);
    json.write(value, 1);
    return json.out.toString();
  }

  private void write(Object value, int level) {
    switch (value) {
      case Nothing nothing when nothing == Nothing.NONE -> out.append("null");
      case Boolean truth -> out.append(truth);
      case Long number -> out.append(number);
      case Double number -> out.append(Values.number(number));
      case String text -> string(text);
      case List<?> list -> {
        out.append('[');
        boolean first = true;
        for (Object item : list) {
          between(first, level);
          first = false;
          write(item, level + 1);
        }
        end(list.isEmpty(), level, ']');
      }
      case Map<?, ?> map -> {
        out.append('{');
        boolean first = true;
        for (Map.Entry<?, ?> entry : entries(map)) {
          between(first, level);
          first = false;
          string(entry.getKey() instanceof String key ? key : Values.text(entry.getKey()));
          out.append(": ");
          write(entry.getValue(), level + 1);
        }
        end(map.isEmpty(), level, '}');
      }
      default -> throw new TemplateException(Values.kind(value) + " cannot be written as JSON");
    }
    Methods.requireShort(out.length());
  }

  private List<Map.Entry<?, ?>> entries(Map<?, ?> map) {
    List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
    if (sorted) {
      entries.sort((a, b) -> Values.compare(a.getKey(), b.getKey()));
    }
    return entries;
  }

  private void between(boolean first, int level) {
    if (!first) {
      out.append(indent < 0 ? ", " : ",");
    }
    if (indent >= 0) {
      out.append('\n').repeat(' ', level * indent);
    }
  }

  private void end(boolean empty, int level, char bracket) {
    if (!empty && indent >= 0) {
      out.append('\n').repeat(' ', (level - 1) * indent);
    }
    out.append(bracket);
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < ' ' || (ascii && c > '~')) {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
