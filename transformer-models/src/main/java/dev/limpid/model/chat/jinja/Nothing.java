package dev.limpid.model.chat.jinja;

/** What Python calls None, and what Jinja has where nothing was defined. */
enum Nothing {
  /** A value that says there is none; prints as "None". */
  NONE,
  /** The value of a name that is not there; prints as nothing. */
  UNDEFINED
}
