package dev.limpid.tensor.spi;

import java.util.Optional;

/**
 * A device that a backend can compute on.
 *
 * @param name by which users choose it: the backend's name, a colon and a number
 * @param title what its maker calls it
 * @param driver what it is reached through, with its version
 * @param memoryBytes the memory that it has
 * @param isProcessor whether it is this machine's processor after all
 * @param unusableBecause why it cannot be used; empty if it can
 */
public record BackendDevice(
    String name,
    String title,
    String driver,
    long memoryBytes,
    boolean isProcessor,
    Optional<String> unusableBecause) {}
