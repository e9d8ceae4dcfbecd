package org.csmoe.raster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Serves one file by ranges on this machine, counts, and misbehaves as asked. */
final class TestServer implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private final List<Integer> lengths = new CopyOnWriteArrayList<>();
  private volatile byte[] content;
  private volatile Habit habit = new Habit() {};

  /** How it answers; each method can be replaced by something worse. */
  interface Habit {
    default int status() {
      return 206;
    }

    default String contentRange(long first, long last, long size) {
      return "bytes %d-%d/%d".formatted(first, last, size);
    }

    default void headers(HttpExchange exchange) {
      exchange.getResponseHeaders().set("ETag", "\"1\"");
    }

    default void send(HttpExchange exchange, byte[] body) throws IOException {
      exchange.sendResponseHeaders(status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  TestServer(byte[] content) throws IOException {
    this.content = content;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/image.tif", this::answer);
    server.createContext("/moved.tif", this::redirect);
    server.start();
  }

  private void redirect(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Location", uri().toString());
      exchange.sendResponseHeaders(302, -1);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Matcher range = RANGE.matcher(exchange.getRequestHeaders().getFirst("Range"));
      byte[] now = content;
      if (!range.matches() || Long.parseLong(range.group(1)) >= now.length) {
        exchange.sendResponseHeaders(416, -1);
        return;
      }
      int first = Integer.parseInt(range.group(1));
      int last = Math.min(Integer.parseInt(range.group(2)), now.length - 1);
      byte[] body = new byte[last - first + 1];
      System.arraycopy(now, first, body, 0, body.length);
      exchange
          .getResponseHeaders()
          .set("Content-Range", habit.contentRange(first, last, now.length));
      habit.headers(exchange);
      lengths.add(body.length);
      habit.send(exchange, body);
    }
  }

  URI uri() {
    return URI.create(
        "http://%s:%d/image.tif?token=secret"
            .formatted(
                server.getAddress().getAddress().getHostAddress(), server.getAddress().getPort()));
  }

  void behave(Habit next) {
    habit = next;
  }

  void replace(byte[] next) {
    content = next;
  }

  int requests() {
    return lengths.size();
  }

  long bytes() {
    return lengths.stream().mapToLong(Integer::longValue).sum();
  }

  void reset() {
    lengths.clear();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
