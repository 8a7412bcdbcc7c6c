package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * A JSON document: its first key, {@code schema}, is the name that the record carries, such as
 * {@code limpid/lens/1}.
 *
 * <p>The number grows when a key is taken away or changes its meaning, not when one is added. The
 * index of all of them is {@code docs/schemas/README.md}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "schema")
public interface Document {}
