package org.csmoe.raster;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks one address for ranges of bytes and takes nothing else for an answer (RFC 9110, section 14).
 * No more is read of a reply than was asked for. Safe for use by several threads.
 */
final class RangeClient {
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");
  private static final int PARTIAL_CONTENT = 206;
  private static final int RANGE_NOT_SATISFIABLE = 416;

  private final URI uri;
  private final HttpClient client;
  private final Duration timeout;

  RangeClient(URI uri, HttpClient client, Duration timeout) {
    this.uri = uri;
    this.client = client;
    this.timeout = timeout;
  }

  /** What tells one version of a file from another; texts are empty when the server is silent. */
  record Version(long size, String entityTag, String lastModified) {
    void requireSame(Version now) throws IOException {
      if (size != now.size
          || differ(entityTag, now.entityTag)
          || differ(lastModified, now.lastModified)) {
        throw new IOException(
            "the file changed on the server: found %s, expected %s; open it again"
                .formatted(now, this));
      }
    }

    private static boolean differ(String before, String now) {
      return !before.isEmpty() && !now.isEmpty() && !before.equals(now);
    }
  }

  /** The bytes of a range. */
  @SuppressWarnings("ArrayRecordComponent")
  record Reply(Version version, byte[] bytes) {}

  /**
   * Fetches a range; one that reaches beyond the end gives what is there.
   *
   * @throws InterruptedIOException when the thread is interrupted; its flag is set again
   * @throws IOException when the server does anything but answer with that range in time
   */
  Reply get(long offset, int length) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(timeout)
            .header("Range", "bytes=%d-%d".formatted(offset, offset + length - 1))
            .header("Accept-Encoding", "identity")
            .build();
    HttpResponse<byte[]> response = send(request, length);
    requirePartial(response.statusCode());
    HttpHeaders headers = response.headers();
    String coding = header(headers, "Content-Encoding");
    if (!coding.isEmpty() && !coding.equals("identity")) {
      throw new IOException("found Content-Encoding " + coding + ", expected bytes as they are");
    }
    String range = header(headers, "Content-Range");
    Matcher matcher = CONTENT_RANGE.matcher(range);
    if (!matcher.matches()) {
      throw new IOException(
          "found Content-Range \"%s\", expected first byte, last byte and size".formatted(range));
    }
    long size = Long.parseLong(matcher.group(3));
    long last = Math.min(offset + length, size) - 1;
    if (Long.parseLong(matcher.group(1)) != offset || Long.parseLong(matcher.group(2)) != last) {
      throw new IOException(
          "found Content-Range \"%s\", expected bytes %d-%d".formatted(range, offset, last));
    }
    if (response.body().length != last - offset + 1) {
      throw new IOException(
          "found %d bytes, expected the %d that the server announced; the reply was cut off"
              .formatted(response.body().length, last - offset + 1));
    }
    return new Reply(
        new Version(size, header(headers, "ETag"), header(headers, "Last-Modified")),
        response.body());
  }

  private static void requirePartial(int status) throws IOException {
    if (status == PARTIAL_CONTENT) {
      return;
    }
    throw new IOException(
        switch (status) {
          case 200 ->
              "the server ignores range requests (found status 200, expected 206); download the"
                  + " file and open it from disk";
          case RANGE_NOT_SATISFIABLE ->
              "found status 416, expected 206; the file is empty or became shorter";
          default -> "found status %d, expected 206".formatted(status);
        });
  }

  private static String header(HttpHeaders headers, String name) {
    return headers.firstValue(name).orElse("");
  }

  /** The client's own timeout ends with the headers; this one covers the body, too. */
  private HttpResponse<byte[]> send(HttpRequest request, int limit) throws IOException {
    CompletableFuture<HttpResponse<byte[]>> reply =
        client.sendAsync(
            request, info -> new Body(info.statusCode() == PARTIAL_CONTENT ? limit : 0));
    try {
      return reply.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      reply.cancel(true);
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    } catch (TimeoutException e) {
      reply.cancel(true);
      HttpTimeoutException late = new HttpTimeoutException("no complete reply in " + timeout);
      late.initCause(e);
      throw late;
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e);
    }
  }

  /** Gathers at most so many bytes and hangs up on a server that sends more. */
  private static final class Body implements BodySubscriber<byte[]> {
    private final CompletableFuture<byte[]> result = new CompletableFuture<>();
    private final byte[] bytes;
    private @Nullable Subscription subscription;
    private int count;

    Body(int limit) {
      bytes = new byte[limit];
    }

    @Override
    public CompletionStage<byte[]> getBody() {
      return result;
    }

    @Override
    public void onSubscribe(Subscription given) {
      subscription = given;
      if (bytes.length == 0) {
        given.cancel();
        result.complete(bytes);
      } else {
        given.request(Long.MAX_VALUE);
      }
    }

    @Override
    public void onNext(List<ByteBuffer> parts) {
      for (ByteBuffer part : parts) {
        int length = part.remaining();
        if (length > bytes.length - count) {
          Objects.requireNonNull(subscription).cancel();
          result.completeExceptionally(
              new IOException("found more than the %d bytes asked for".formatted(bytes.length)));
          return;
        }
        part.get(bytes, count, length);
        count += length;
      }
    }

    @Override
    public void onError(Throwable failure) {
      result.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      result.complete(Arrays.copyOf(bytes, count));
    }
  }
}
