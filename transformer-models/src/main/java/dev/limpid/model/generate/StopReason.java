package dev.limpid.model.generate;

/** Why a text ends where it does. */
public enum StopReason {
  /** The model ended it, by a token that does so. */
  EOS,
  /** It has as many new tokens as were asked for. */
  MAX_NEW,
  /** It is as long as the model's context. */
  CONTEXT
}
