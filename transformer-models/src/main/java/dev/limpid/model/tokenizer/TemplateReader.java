package dev.limpid.model.tokenizer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads the post-processor of a tokenizer.json, as far as it adds tokens. */
final class TemplateReader {
  private TemplateReader() {}

  /** Returns the template; one that adds nothing where there is none. */
  static Template read(StepNode step) throws IOException {
    if (step.isMissing()) {
      return Template.NONE;
    }
    String type = step.type();
    return switch (type) {
      case "ByteLevel" -> Template.NONE; // changes offsets only
      case "Sequence" -> sequence(step);
      case "TemplateProcessing" -> template(step);
      default -> throw step.unsupported(type);
    };
  }

  private static Template sequence(StepNode step) throws IOException {
    Template result = Template.NONE;
    for (StepNode item : step.items("processors")) {
      Template template = read(item);
      if (!result.equals(Template.NONE) && !template.equals(Template.NONE)) {
        throw item.unsupported("a second template");
      }
      result = template.equals(Template.NONE) ? result : template;
    }
    return result;
  }

  private static Template template(StepNode step) throws IOException {
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    boolean text = false;
    for (StepNode item : step.items("single")) {
      if (item.node().has("SpecialToken")) {
        (text ? after : before).addAll(ids(step, item.at("SpecialToken")));
      } else if (!text && item.at("Sequence").string("id").equals("A")) {
        text = true;
      } else {
        throw item.unsupported("as a part of a template");
      }
    }
    if (!text) {
      throw step.unsupported("template without the text");
    }
    return new Template(before, after);
  }

  private static List<Integer> ids(StepNode step, StepNode token) throws IOException {
    StepNode known = step.at("special_tokens").at(token.string("id"));
    List<Integer> ids = new ArrayList<>();
    for (StepNode id : known.items("ids")) {
      ids.add(id.natural());
    }
    return ids;
  }
}
