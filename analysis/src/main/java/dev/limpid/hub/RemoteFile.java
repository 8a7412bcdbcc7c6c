package dev.limpid.hub;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A file of a model on the hub.
 *
 * @param name its name, without folders
 * @param size in bytes, where the server says so
 * @param checksum of its content, where the server says so
 */
record RemoteFile(String name, OptionalLong size, Optional<Checksum> checksum) {}
