package dev.limpid.model;

/**
 * Where numbers come from: enough to make them again.
 *
 * @param model the model's name or folder
 * @param backend the operations they were computed with, in words
 * @param limpidVersion the version of this library
 * @param jdk the version of the Java runtime
 */
public record Provenance(String model, String backend, String limpidVersion, String jdk) {}
