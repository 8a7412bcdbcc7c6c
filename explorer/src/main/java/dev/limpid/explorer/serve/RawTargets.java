package dev.limpid.explorer.serve;

import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;

/**
 * Takes requests for a path of this server alone: not for a whole address, as a proxy would. Later
 * on they cannot be told apart.
 */
final class RawTargets extends HttpConnectionFactory {
  RawTargets(HttpConfiguration configuration) {
    super(configuration);
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    return configure(
        new PathConnection(getHttpConfiguration(), connector, endPoint), connector, endPoint);
  }

  private static final class PathConnection extends HttpConnection {
    PathConnection(HttpConfiguration configuration, Connector connector, EndPoint endPoint) {
      super(configuration, connector, endPoint);
    }

    @Override
    protected HttpStreamOverHTTP1 newHttpStream(String method, String uri, HttpVersion version) {
      if (!uri.startsWith("/")) {
        throw new HttpException.RuntimeException(HttpStatus.BAD_REQUEST_400, "not a path");
      }
      return super.newHttpStream(method, uri, version);
    }
  }
}
