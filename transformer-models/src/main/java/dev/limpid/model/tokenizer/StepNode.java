package dev.limpid.model.tokenizer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * One value of a tokenizer's JSON and where it stands, so that every complaint names the place.
 *
 * @param where such as {@code pre_tokenizer.pretokenizers[1]}
 */
record StepNode(Path path, String where, JsonNode node) {

  boolean isMissing() {
    return node.isMissingNode() || node.isNull();
  }

  StepNode at(String field) {
    return new StepNode(path, where.isEmpty() ? field : where + "." + field, node.path(field));
  }

  /** Returns the elements of a list; none if it is missing. */
  List<StepNode> items() throws MalformedTokenizerException {
    List<StepNode> items = new ArrayList<>();
    if (!isMissing() && !node.isArray()) {
      throw expected("a list");
    }
    for (JsonNode item : node) {
      items.add(new StepNode(path, where + "[" + items.size() + "]", item));
    }
    return items;
  }

  /** Returns the elements of a list that has to be there. */
  List<StepNode> items(String field) throws MalformedTokenizerException {
    StepNode list = at(field);
    if (list.isMissing()) {
      throw list.expected("a list");
    }
    return list.items();
  }

  /** Returns the name of a step, which has to be an object with a type. */
  String type() throws MalformedTokenizerException {
    if (!node.isObject()) {
      throw expected("an object");
    }
    return string("type");
  }

  String string(String field) throws MalformedTokenizerException {
    StepNode value = at(field);
    if (!value.node.isString()) {
      throw value.expected("a text");
    }
    return value.node.stringValue();
  }

  boolean bool(String field) throws MalformedTokenizerException {
    StepNode value = at(field);
    if (!value.node.isBoolean()) {
      throw value.expected("true or false");
    }
    return value.node.booleanValue();
  }

  boolean bool(String field, boolean otherwise) throws MalformedTokenizerException {
    return at(field).isMissing() ? otherwise : bool(field);
  }

  /** Returns a number from 0 to 2^31 - 1. */
  int natural(String field) throws MalformedTokenizerException {
    return at(field).natural();
  }

  int natural() throws MalformedTokenizerException {
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0) {
      throw expected("a number from 0 on");
    }
    return node.intValue();
  }

  /** Returns a text of one character as its code point. */
  int character(String field) throws MalformedTokenizerException {
    String text = string(field);
    if (text.isEmpty() || text.codePointCount(0, text.length()) != 1) {
      throw at(field).expected("one character");
    }
    return text.codePointAt(0);
  }

  MalformedTokenizerException expected(String what) {
    String found = node.isMissingNode() ? "is missing" : "is " + abbreviated();
    return malformed(found + ", expected " + what);
  }

  private String abbreviated() {
    if (node.isContainer()) {
      return node.isObject() ? "an object" : "a list";
    }
    String text = node.toString();
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }

  MalformedTokenizerException malformed(String reason) {
    return new MalformedTokenizerException(path, where.isEmpty() ? reason : where + " " + reason);
  }

  UnsupportedTokenizerException unsupported(String what) {
    return new UnsupportedTokenizerException(path, where + " " + what);
  }
}
