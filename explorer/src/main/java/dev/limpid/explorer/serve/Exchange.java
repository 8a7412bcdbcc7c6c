package dev.limpid.explorer.serve;

import io.javalin.http.Context;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One request, as an endpoint reads it. */
public final class Exchange {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

  private final Context context;
  private final Operation operation;
  private final int maxBody;
  private final Query query;

  Exchange(Context context, Operation operation, int maxBody) {
    this.context = context;
    this.operation = operation;
    this.maxBody = maxBody;
    this.query = Query.read(context.queryString(), operation.parameters());
  }

  /** Returns what stands for a variable of the path. */
  public String variable(String name) {
    return context.pathParam(name);
  }

  /** Returns the parameters. */
  public Query query() {
    return query;
  }

  /** Returns the same text for the same path and parameters. */
  public String question() {
    return operation.method() + " " + context.path() + " " + query;
  }

  /** Reads the body. */
  public JsonBody body() throws IOException {
    @Nullable String type = context.contentType();
    if (type == null
        || !type.toLowerCase(Locale.ROOT)
            .matches("application/json *(; *charset=\"?utf-8\"?)? *")) {
      throw new Refusal(
          Refusal.Code.NOT_JSON, "Content-Type: application/json in UTF-8 is needed for a body.");
    }
    byte[] bytes =
        JsonBody.bytes(
            context.req().getInputStream(),
            context.req().getContentLengthLong(),
            maxBody,
            System.nanoTime() + PATIENCE);
    return JsonBody.read(bytes, operation.keys());
  }

  /** Returns whether the asker wants an answer of some media type rather than JSON. */
  public boolean accepts(String type) {
    @Nullable String accept = context.header("Accept");
    return accept != null && accept.contains(type);
  }

  /** Returns whether the asker wants events. */
  boolean wantsEvents() {
    return operation.events() && accepts("text/event-stream");
  }
}
