package dev.limpid.explorer.serve;

import io.javalin.http.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Whether an asker is still there. HTTP/1.1 tells it only to who writes, or looks at the
 * connection: its end of the stream is seen there once it has closed it.
 */
final class Presence {
  private static final String ATTRIBUTE = Presence.class.getName();

  private final @Nullable SocketChannel channel;
  private boolean sendsMore;

  private Presence(@Nullable SocketChannel channel) {
    this.channel = channel;
  }

  /** Remembers the connection of a request. */
  static void remember(Request request) {
    Object transport = request.getConnectionMetaData().getConnection().getEndPoint().getTransport();
    request.setAttribute(
        ATTRIBUTE, new Presence(transport instanceof SocketChannel channel ? channel : null));
  }

  /** Returns that of the asker of a request whose body was read. */
  static Presence of(Context context) {
    return context.req().getAttribute(ATTRIBUTE) instanceof Presence presence
        ? presence
        : new Presence(null);
  }

  /**
   * Returns whether it has closed its side. A byte of a request that follows is lost by looking, so
   * the connection must end after this answer then, and is not looked at again.
   */
  boolean hasLeft(Context context) {
    if (channel == null || sendsMore) {
      return false;
    }
    try {
      int read = channel.read(ByteBuffer.allocate(1));
      if (read > 0) {
        sendsMore = true;
        context.header("Connection", "close");
      }
      return read < 0;
    } catch (IOException e) {
      return true;
    }
  }
}
