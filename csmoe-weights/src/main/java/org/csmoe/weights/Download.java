package org.csmoe.weights;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.csmoe.CsMoeException;
import org.csmoe.WeightFormatException;

/** One file on its way into the cache. Used once, by the thread that holds the locks. */
final class Download {
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");
  private static final int CHUNK_BYTES = 1 << 16;

  /** What the user of the cache has set. */
  record Limits(long maxBytes, Duration timeout, WeightCache.Progress progress) {}

  private final HttpClient client;
  private final URI source;
  private final String sha256;
  private final Limits limits;

  Download(HttpClient client, URI source, String sha256, Limits limits) {
    this.client = client;
    this.source = source;
    this.sha256 = sha256;
    this.limits = limits;
  }

  /** Completes the part and moves it to its place when it has the expected hash. */
  void to(Path part, Path file) throws IOException, InterruptedException {
    String found = complete(part);
    if (!found.equals(sha256)) {
      Files.deleteIfExists(part);
      throw new WeightFormatException(
          "%s: found SHA-256 %s; expected %s; the download was deleted"
              .formatted(source, found, sha256));
    }
    try {
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Fetches what the part lacks and returns the hash of the whole. */
  private String complete(Path part) throws IOException, InterruptedException {
    try (FileChannel channel =
        FileChannel.open(
            part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      HttpResponse<Long> response = request(channel);
      if (response.statusCode() == 416 && !sha256.equals(hash(channel))) {
        // The part is longer than the file; it would stay wrong for ever.
        channel.truncate(0);
        response = request(channel);
      }
      int status = response.statusCode();
      if (status != 200 && status != 206 && (status != 416 || channel.size() == 0)) {
        throw new CsMoeException(
            "%s: found HTTP status %d; expected 200; check the address".formatted(source, status));
      }
      channel.force(true);
      return hash(channel);
    }
  }

  private HttpResponse<Long> request(FileChannel channel) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(source).timeout(limits.timeout());
    if (channel.size() > 0) {
      request.header("Range", "bytes=" + channel.size() + "-");
    }
    try {
      return client.send(request.build(), info -> receive(info, channel));
    } catch (IOException e) {
      if (e.getCause() instanceof CsMoeException known) {
        throw known; // from the client's thread, where the body is written
      }
      throw new IOException(
          "%s: found the transfer broken (%s) with %d bytes on disk; call again to continue"
              .formatted(source, e.getMessage(), channel.isOpen() ? channel.size() : 0),
          e);
    }
  }

  private HttpResponse.BodySubscriber<Long> receive(ResponseInfo info, FileChannel channel) {
    OptionalLong length = info.headers().firstValueAsLong("Content-Length");
    if (info.statusCode() == 200) {
      return new PartWriter(channel, source, 0, length, limits);
    }
    if (info.statusCode() == 206) {
      Matcher range =
          CONTENT_RANGE.matcher(info.headers().firstValue("Content-Range").orElse("none"));
      if (!range.matches()) {
        throw new CsMoeException(
            "%s: found no Content-Range; expected one with HTTP status 206".formatted(source));
      }
      long start = Long.parseLong(range.group(1));
      OptionalLong total =
          length.isPresent() ? OptionalLong.of(start + length.getAsLong()) : length;
      return new PartWriter(channel, source, start, total, limits);
    }
    return BodySubscribers.replacing(0L);
  }

  private static String hash(FileChannel channel) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK_BYTES);
    for (long at = 0; channel.read(buffer.clear(), at) > 0; at += buffer.limit()) {
      digest.update(buffer.flip());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
