package dev.limpid.hub;

/** Hears how a download goes on. */
public interface PullListener {
  /**
   * Some bytes of a file have come.
   *
   * @param file its name
   * @param done bytes there so far
   * @param total bytes in all, or -1 where the server does not say
   */
  void progress(String file, long done, long total);

  /** Something a person should know went wrong, though the download goes on. */
  void warning(String message);
}
