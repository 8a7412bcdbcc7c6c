package dev.limpid.model.chat.jinja;

import java.util.Map;

/**
 * Values that a template may change from within a loop.
 *
 * @param values modified
 */
record Namespace(Map<String, Object> values) {}
