package org.csmoe.raster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.csmoe.RasterFormatException;
import org.junit.jupiter.api.Test;

class HttpSourceTest {
  private static final String WORLD_COVER =
      "landcover/esa-worldcover/ESA_WorldCover_10m_2021_v200_N00E006_Map.tif";

  private static byte[] small() throws IOException {
    return Files.readAllBytes(GoldenReadTest.folder().resolve("../written.tif"));
  }

  /** A file of 180 kB with tiles beyond the bytes that opening fetches. */
  private static byte[] large() {
    return TestTiff.noise(200, 200);
  }

  private static void assertFails(TestServer server, String... messages) {
    assertThatThrownBy(() -> readAll(server.uri()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageNotContaining("secret")
        .satisfies(
            failure -> assertThat(failure.getMessage()).contains("image.tif").contains(messages));
  }

  private static double[] readAll(URI uri) {
    try (GeoTiff tiff = GeoTiff.open(uri, HttpClient.newHttpClient(), Duration.ofSeconds(20))) {
      return tiff.readRaw(0, tiff.info().window());
    }
  }

  @Test
  void aFileOnAServerReadsLikeTheOneOnDisk() throws IOException {
    for (byte[] file : List.of(small(), large())) {
      try (TestServer server = new TestServer(file);
          GeoTiff memory = GeoTiff.open("memory", file);
          GeoTiff tiff = GeoTiff.open(server.uri())) {
        assertThat(tiff.info()).isEqualTo(memory.info());
        for (int band = 0; band < tiff.info().bands(); band++) {
          assertThat(tiff.readRaw(band, tiff.info().window()))
              .isEqualTo(memory.readRaw(band, tiff.info().window()));
        }
        assertThat(server.bytes()).isLessThanOrEqualTo(file.length);
      }
    }
  }

  @Test
  void openingACogCostsOneRequestAndAWindowOneMore() throws IOException {
    Path path = TestData.path(WORLD_COVER);
    Window window = new Window(7 * 1024 - 100, 33 * 1024 - 100, 256, 256);
    try (TestServer server = new TestServer(Files.readAllBytes(path));
        GeoTiff disk = GeoTiff.open(path);
        GeoTiff tiff = GeoTiff.open(server.uri())) {
      assertThat(tiff.overviews()).hasSize(6);
      assertThat(server.requests()).isEqualTo(1);
      assertThat(server.bytes()).isEqualTo(HttpBytes.OPENING_BYTES);
      server.reset();
      assertThat(tiff.readFloats(0, window)).isEqualTo(disk.readFloats(0, window));
      // Two rows of two tiles; the tiles of a row lie one after the other.
      assertThat(server.requests()).isEqualTo(2);
      assertThat(server.bytes()).isLessThan(4 * 16_000 + 2 * 2 * HttpBytes.PAGE_BYTES);
      server.reset();
      assertThat(tiff.readFloats(0, window)).isEqualTo(disk.readFloats(0, window));
      assertThat(server.requests()).isZero();
    }
  }

  @Test
  void tilesThatLieTogetherAreFetchedTogether() throws IOException {
    byte[] file = large();
    try (TestServer server = new TestServer(file);
        GeoTiff tiff = GeoTiff.open(server.uri(), HttpClient.newHttpClient(), Duration.ofDays(1))) {
      server.reset();
      tiff.readRaw(0, tiff.info().window());
      // Thirteen rows of thirteen tiles of 1 kB; the first pages are here from opening.
      assertThat(server.requests()).isLessThanOrEqualTo(8);
    }
  }

  @Test
  void aRedirectIsFollowed() throws IOException {
    try (TestServer server = new TestServer(small())) {
      try (GeoTiff tiff = GeoTiff.open(server.uri().resolve("/moved.tif"))) {
        assertThat(tiff.readRaw(0, tiff.info().window())).hasSize(40 * 35);
      }
    }
  }

  @Test
  void aServerThatIgnoresRangesIsNamed() throws IOException {
    try (TestServer server = new TestServer(large())) {
      server.behave(
          new TestServer.Habit() {
            @Override
            public int status() {
              return 200;
            }
          });
      assertFails(server, "ignores range requests", "download the file");
    }
  }

  @Test
  void statusesAreNamed() throws IOException {
    for (int status : new int[] {403, 404, 500}) {
      try (TestServer server = new TestServer(small())) {
        server.behave(
            new TestServer.Habit() {
              @Override
              public int status() {
                return status;
              }
            });
        assertFails(server, "status " + status);
      }
    }
    try (TestServer server = new TestServer(new byte[0])) {
      assertFails(server, "416", "empty");
    }
  }

  @Test
  void anotherRangeThanAskedForIsRefused() throws IOException {
    for (String range :
        List.of("bytes 1-65536/200000", "bytes 0-65535/*", "items 0-1/2", "bytes 0-9/200000")) {
      try (TestServer server = new TestServer(large())) {
        server.behave(
            new TestServer.Habit() {
              @Override
              public String contentRange(long first, long last, long size) {
                return range;
              }
            });
        assertFails(server, "Content-Range \"" + range);
      }
    }
  }

  @Test
  void aReplyThatIsCutOffOrTooLongIsRefused() throws IOException {
    try (TestServer server = new TestServer(large())) {
      server.behave(
          new TestServer.Habit() {
            @Override
            public void send(HttpExchange exchange, byte[] body) throws IOException {
              exchange.sendResponseHeaders(206, 0);
              exchange.getResponseBody().write(body, 0, body.length / 2);
            }
          });
      assertFails(server, "cut off");
      server.behave(
          new TestServer.Habit() {
            @Override
            public void send(HttpExchange exchange, byte[] body) throws IOException {
              exchange.sendResponseHeaders(206, 0);
              exchange.getResponseBody().write(body);
              exchange.getResponseBody().write(1);
            }
          });
      assertFails(server, "more than the");
      server.behave(
          new TestServer.Habit() {
            @Override
            public void headers(HttpExchange exchange) {
              exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            }
          });
      assertFails(server, "Content-Encoding gzip");
    }
  }

  @Test
  void aFileThatChangesWhileItIsOpenIsNoticed() throws IOException {
    try (TestServer server = new TestServer(large());
        GeoTiff tiff = GeoTiff.open(server.uri())) {
      server.behave(
          new TestServer.Habit() {
            @Override
            public void headers(HttpExchange exchange) {
              exchange.getResponseHeaders().set("ETag", "\"2\"");
            }
          });
      assertThatThrownBy(() -> tiff.readRaw(0, tiff.info().window()))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("changed on the server");
      server.behave(new TestServer.Habit() {});
      server.replace(Arrays.copyOf(large(), 100_000));
      assertThatThrownBy(() -> tiff.readRaw(0, tiff.info().window()))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("changed on the server");
      server.replace(Arrays.copyOf(large(), 1));
      assertThatThrownBy(() -> tiff.readRaw(0, tiff.info().window()))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("became shorter");
    }
  }

  @Test
  void aServerThatStopsInTheMiddleRunsIntoTheTimeout() throws IOException {
    CountDownLatch done = new CountDownLatch(1);
    try (TestServer server = new TestServer(large())) {
      server.behave(
          new TestServer.Habit() {
            @Override
            public void send(HttpExchange exchange, byte[] body) throws IOException {
              exchange.sendResponseHeaders(206, body.length);
              exchange.getResponseBody().write(body, 0, 100);
              exchange.getResponseBody().flush();
              awaitQuietly(done);
            }
          });
      assertThatThrownBy(
              () -> GeoTiff.open(server.uri(), HttpClient.newHttpClient(), Duration.ofMillis(300)))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("no complete reply in PT0.3S");
      Thread.currentThread().interrupt();
      assertFails(server, "interrupted");
      assertThat(Thread.interrupted()).isTrue();
    } finally {
      done.countDown();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void hostileOffsetsAreRefusedWithoutARequest() throws IOException {
    Path path = Files.createTempFile("hostile", ".tif");
    TestTiff.write(path, 2, 2, d -> d.longs(TiffTag.STRIP_OFFSETS, 0xFFFFFF00L), new int[4]);
    try (TestServer server = new TestServer(Files.readAllBytes(path));
        GeoTiff tiff = GeoTiff.open(server.uri())) {
      assertThatThrownBy(() -> tiff.readRaw(0, tiff.info().window()))
          .isInstanceOf(RasterFormatException.class)
          .hasMessageContaining("strip 0 at byte 4294967040");
      assertThat(server.requests()).isEqualTo(1);
    } finally {
      Files.delete(path);
    }
  }

  @Test
  void manyThreadsReadTheSamePixels() throws Exception {
    byte[] file = large();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (TestServer server = new TestServer(file);
        GeoTiff memory = GeoTiff.open("memory", file);
        GeoTiff tiff = GeoTiff.open(server.uri())) {
      double[] expected = memory.readRaw(0, memory.info().window());
      Callable<double[]> read = () -> tiff.readRaw(0, tiff.info().window());
      for (Future<double[]> pixels :
          threads.invokeAll(IntStream.range(0, 8).mapToObj(i -> read).toList())) {
        assertThat(pixels.get()).isEqualTo(expected);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void otherSchemesAreRefused() {
    for (String uri : List.of("file:///image.tif", "ftp://host/image.tif", "image.tif")) {
      assertThatThrownBy(() -> GeoTiff.open(URI.create(uri)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("http");
    }
  }
}
