package dev.limpid.explorer.serve;

import dev.limpid.explorer.serve.Refusal.Code;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Says in JSON what the HTTP server itself refuses: requests that are none. */
final class ErrorAnswers extends ErrorHandler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Object reason = request.getAttribute(ERROR_MESSAGE);
    boolean isHost = reason != null && reason.toString().contains("Host");
    write(
        response,
        callback,
        isHost
            ? new Refusal(Code.FOREIGN_HOST, "Host: this server's own name is needed.")
            : refusal(response.getStatus()));
    return true;
  }

  private static Refusal refusal(int status) {
    return switch (status) {
      case 404 -> new Refusal(Code.NOT_FOUND, "There is no such path here.");
      case 405 -> new Refusal(Code.WRONG_METHOD, "This path does not take that method.");
      case 413 -> new Refusal(Code.TOO_LARGE, "The request has more bytes than are read.");
      case 415 -> new Refusal(Code.NOT_JSON, "Content-Type: application/json is needed.");
      default ->
          status < 500
              ? new Refusal(Code.BAD_PARAMETER, "The request is not one that HTTP/1.1 allows.")
              : new Refusal(Code.FAILED, "The server failed to answer this request.");
    };
  }

  /** Answers a request with a refusal. */
  static void write(Response response, Callback callback, Refusal refusal) {
    int status = response.getStatus();
    boolean isMalformed = status > 400 && status < 500 && refusal.code() == Code.BAD_PARAMETER;
    response.setStatus(isMalformed ? status : refusal.code().status());
    Headers.put((name, value) -> response.getHeaders().put(name, value));
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, Headers.NOT_KEPT);
    response.getHeaders().put(new HttpField(HttpHeader.CONTENT_TYPE, Content.JSON));
    response.write(true, ByteBuffer.wrap(ErrorDocument.bytes(refusal)), callback);
  }
}
