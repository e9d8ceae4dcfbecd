package org.csmoe.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.csmoe.CsMoeException;
import org.csmoe.WeightFormatException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WeightCacheTest {
  private static final byte[] CONTENT = new byte[3_000_000];
  private static final String SHA256;

  static {
    new Random(1).nextBytes(CONTENT);
    SHA256 = sha256(CONTENT);
  }

  private interface Answer {
    void handle(HttpExchange exchange) throws IOException;
  }

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path folder;

  @SuppressWarnings("NullAway.Init")
  private HttpServer server;

  @SuppressWarnings("NullAway.Init")
  private URI source;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger requests = new AtomicInteger();
  private final List<String> ranges = Collections.synchronizedList(new ArrayList<>());
  private volatile Answer answer = WeightCacheTest::ranged;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          String range = exchange.getRequestHeaders().getFirst("Range");
          ranges.add(range == null ? "none" : range);
          try (exchange) {
            answer.handle(exchange);
          }
        });
    server.start();
    source = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/w.safetensors");
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void downloadsVerifiesAndThenAsksNobody() throws Exception {
    List<Long> done = new ArrayList<>();
    WeightCache cache =
        WeightCache.builder()
            .directory(folder.resolve("made/when/needed"))
            .progress(
                (uri, bytes, total) -> {
                  assertThat(uri).isEqualTo(source);
                  assertThat(total).isEqualTo(OptionalLong.of(CONTENT.length));
                  done.add(bytes);
                })
            .build();
    Path file = cache.get(source, SHA256.toUpperCase(Locale.ROOT));
    assertThat(file).hasBinaryContent(CONTENT).hasFileName(SHA256 + ".weights");
    assertThat(done).isSorted().endsWith((long) CONTENT.length).hasSizeGreaterThan(1);
    assertThat(cache.get(source, SHA256)).isEqualTo(file);
    assertThat(requests).hasValue(1);
    assertThat(part()).doesNotExist();
  }

  @Test
  void continuesABrokenTransfer() throws Exception {
    answer = exchange -> breakAfter(exchange, 1_000_000);
    assertThatThrownBy(() -> cache().get(source, SHA256))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("call again to continue");
    long kept = Files.size(part());
    assertThat(kept).isBetween(1L, 1_000_000L);
    answer = WeightCacheTest::ranged;
    assertThat(cache().get(source, SHA256)).hasBinaryContent(CONTENT);
    assertThat(ranges).containsExactly("none", "bytes=" + kept + "-");
  }

  @Test
  void restartsWhenTheServerIgnoresTheRange() throws Exception {
    Files.write(part(), new byte[1234]);
    answer = exchange -> send(exchange, 200, CONTENT, 0);
    assertThat(cache().get(source, SHA256)).hasBinaryContent(CONTENT);
    assertThat(ranges).containsExactly("bytes=1234-");
  }

  @Test
  void acceptsAPartThatWasComplete() throws Exception {
    Files.write(part(), CONTENT);
    assertThat(cache().get(source, SHA256)).hasBinaryContent(CONTENT);
    assertThat(requests).hasValue(1);
  }

  @Test
  void restartsWhenThePartIsTooLong() throws Exception {
    Files.write(part(), new byte[CONTENT.length + 5]);
    assertThat(cache().get(source, SHA256)).hasBinaryContent(CONTENT);
    assertThat(ranges).containsExactly("bytes=3000005-", "none");
  }

  @Test
  void deletesWhatHasAnotherHash() throws Exception {
    Files.write(part(), new byte[] {1, 2, 3});
    byte[] mixed = CONTENT.clone();
    mixed[0] = 1;
    mixed[1] = 2;
    mixed[2] = 3;
    assertThatThrownBy(() -> cache().get(source, SHA256))
        .isInstanceOf(WeightFormatException.class)
        .hasMessageContainingAll(source.toString(), sha256(mixed), SHA256);
    assertThat(part()).doesNotExist();
    assertThat(cache().get(source, SHA256)).hasBinaryContent(CONTENT);
  }

  @Test
  void downloadsOnceForManyThreads() throws Exception {
    List<Future<Path>> results = new ArrayList<>();
    CountDownLatch start = new CountDownLatch(1);
    for (int i = 0; i < 8; i++) {
      results.add(
          threads.submit(
              () -> {
                start.await();
                return cache().get(source, SHA256);
              }));
    }
    start.countDown();
    for (Future<Path> result : results) {
      assertThat(result.get()).hasBinaryContent(CONTENT);
    }
    assertThat(requests).hasValue(1);
  }

  @Test
  void endsWhenInterruptedAndKeepsThePart() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    answer =
        exchange -> {
          exchange.sendResponseHeaders(200, CONTENT.length);
          OutputStream body = exchange.getResponseBody();
          body.write(CONTENT, 0, 2_000_000);
          body.flush();
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    WeightCache cache =
        WeightCache.builder()
            .directory(folder)
            .progress((uri, done, total) -> begun.countDown())
            .build();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                cache.get(source, SHA256);
              } catch (IOException | InterruptedException e) {
                thrown.set(e);
              }
            });
    thread.start();
    begun.await();
    thread.interrupt();
    thread.join();
    release.countDown();
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    assertThat(Files.size(part())).isPositive();
  }

  @Test
  void usesOnlyCachedFilesOffline() throws Exception {
    WeightCache offline = WeightCache.builder().directory(folder).offline(true).build();
    assertThatThrownBy(() -> offline.get(source, SHA256))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContainingAll("offline", SHA256 + ".weights", source.toString());
    Path file = cache().get(source, SHA256);
    assertThat(offline.get(source, SHA256)).isEqualTo(file);
    assertThat(requests).hasValue(1);
  }

  @Test
  void namesTheStatusOfARefusal() throws Exception {
    answer = exchange -> exchange.sendResponseHeaders(404, -1);
    assertThatThrownBy(() -> cache().get(source, SHA256))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContainingAll(source.toString(), "404");
  }

  @Test
  void stopsAtTheLargestSize() {
    WeightCache small = WeightCache.builder().directory(folder).maxBytes(2_999_999).build();
    assertThatThrownBy(() -> small.get(source, SHA256))
        .isInstanceOf(WeightFormatException.class)
        .hasMessageContainingAll("3000000 bytes", "at most 2999999");
    answer = exchange -> send(exchange, 200, CONTENT, -1);
    assertThatThrownBy(() -> small.get(source, SHA256))
        .isInstanceOf(WeightFormatException.class)
        .hasMessageContaining("at most 2999999");
  }

  @Test
  void followsRedirects() throws Exception {
    answer =
        exchange -> {
          exchange.getResponseHeaders().set("Location", "/elsewhere");
          exchange.sendResponseHeaders(302, -1);
          answer = WeightCacheTest::ranged;
        };
    assertThat(cache().get(source, SHA256)).hasBinaryContent(CONTENT);
    assertThat(requests).hasValue(2);
  }

  @Test
  void takesTheFolderAndTheModeFromTheEnvironment() {
    assertThat(WeightCache.builder(Map.of(), "/h").build().directory())
        .isEqualTo(Path.of("/h/.cache/csmoe").toAbsolutePath());
    assertThat(WeightCache.builder(Map.of("XDG_CACHE_HOME", "/x"), "/h").build().directory())
        .isEqualTo(Path.of("/x/csmoe").toAbsolutePath());
    Map<String, String> both =
        Map.of("XDG_CACHE_HOME", "/x", "CSMOE_CACHE", "/c", "CSMOE_OFFLINE", "1");
    WeightCache cache = WeightCache.builder(both, "/h").build();
    assertThat(cache.directory()).isEqualTo(Path.of("/c").toAbsolutePath());
    assertThatThrownBy(() -> cache.get(source, SHA256)).hasMessageContaining("offline");
  }

  @Test
  void refusesOtherAddressesAndHashes() {
    assertThatThrownBy(() -> cache().get(URI.create("file:///etc/passwd"), SHA256))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("http or https");
    assertThatThrownBy(() -> cache().get(source, "../" + SHA256))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("64 hexadecimal digits");
    assertThatThrownBy(() -> WeightCache.builder().maxBytes(0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> WeightCache.builder().timeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void servesACatalogueFile() throws Exception {
    Path json = folder.resolve("mine.json");
    Files.writeString(json, WeightCatalogueTest.entry("mine", source.toString(), SHA256));
    CatalogueEntry entry = WeightCatalogue.read(json).get("mine");
    assertThat(cache().get(entry)).hasBinaryContent(CONTENT);
  }

  private WeightCache cache() {
    return WeightCache.builder().directory(folder).offline(false).build();
  }

  private Path part() {
    return folder.resolve(SHA256 + ".part");
  }

  private static void ranged(HttpExchange exchange) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    if (range == null) {
      send(exchange, 200, CONTENT, 0);
      return;
    }
    int start = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
    if (start >= CONTENT.length) {
      exchange.getResponseHeaders().set("Content-Range", "bytes */" + CONTENT.length);
      exchange.sendResponseHeaders(416, -1);
      return;
    }
    exchange
        .getResponseHeaders()
        .set(
            "Content-Range", "bytes %d-%d/%d".formatted(start, CONTENT.length - 1, CONTENT.length));
    send(exchange, 206, CONTENT, start);
  }

  /** Sends the content from an offset on; chunked, without a length, when that is negative. */
  private static void send(HttpExchange exchange, int status, byte[] content, int start)
      throws IOException {
    int from = Math.max(0, start);
    exchange.sendResponseHeaders(status, start < 0 ? 0 : content.length - from);
    exchange.getResponseBody().write(content, from, content.length - from);
  }

  private static void breakAfter(HttpExchange exchange, int bytes) throws IOException {
    exchange.sendResponseHeaders(200, CONTENT.length);
    exchange.getResponseBody().write(CONTENT, 0, bytes);
    exchange.getResponseBody().flush();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
