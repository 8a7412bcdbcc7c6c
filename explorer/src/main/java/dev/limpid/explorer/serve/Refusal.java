package dev.limpid.explorer.serve;

import java.util.Locale;

/** Ends a request with a status and one sentence: what, where, and what is allowed. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong, as programs tell it apart. */
  public enum Code {
    /** A parameter of the address is missing, unknown, given twice, malformed or out of range. */
    BAD_PARAMETER(400),
    /** A body is not what was asked for. */
    BAD_BODY(400),
    /** A text has more characters or tokens than are taken. */
    TOO_LONG(400),
    /** The Host header names another server than this one. */
    FOREIGN_HOST(403),
    /** The Origin header names another page than this server's. */
    FOREIGN_ORIGIN(403),
    /** There is no such path. */
    NOT_FOUND(404),
    /** There is no such trace, or none any more. */
    UNKNOWN_TRACE(404),
    /** There is no model of that name. */
    UNKNOWN_MODEL(404),
    /** The path is there, and takes another method. */
    WRONG_METHOD(405),
    /** A body has too many bytes. */
    TOO_LARGE(413),
    /** A body is not said to be JSON. */
    NOT_JSON(415),
    /** As many requests as are taken are running and waiting. */
    BUSY(429),
    /** Something failed that is not the asker's fault. */
    FAILED(500);

    private final int status;

    Code(int status) {
      this.status = status;
    }

    /** Returns the HTTP status. */
    public int status() {
      return status;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Code code;

  /** Takes the code and the sentence. */
  public Refusal(Code code, String sentence) {
    super(sentence, null, false, false);
    this.code = code;
  }

  /** Returns the code. */
  public Code code() {
    return code;
  }

  /** Returns the sentence. */
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
