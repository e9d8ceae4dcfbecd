package org.csmoe.raster;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;

/**
 * A file on a web server, read by range requests. What was read stays in a cache of pages, and
 * ranges that will be read next are asked for together with the one at hand.
 *
 * <p>Safe for use by several threads; two that want the same page at the same time may both fetch
 * it. Memory is that of the cache and of one request per thread.
 */
final class HttpBytes implements TiffSource.Bytes {
  /** Grain of the cache and of requests. */
  static final int PAGE_BYTES = 16 << 10;

  /** What the first request asks for: header and directories of most cloud-optimized files. */
  static final int OPENING_BYTES = 64 << 10;

  /** The most that one request asks for. */
  static final int MAX_REQUEST_BYTES = 4 << 20;

  private static final int CACHE_BYTES = 16 << 20;

  private final RangeClient server;
  private final RangeClient.Version version;
  private final Cache<Long, byte[]> pages =
      Caffeine.newBuilder()
          .maximumWeight(CACHE_BYTES)
          .weigher((Long page, byte[] bytes) -> bytes.length)
          .executor(Runnable::run)
          .build();

  /** Asks for the beginning of the file, which tells its size and whether ranges work at all. */
  HttpBytes(URI uri, HttpClient client, Duration timeout) throws IOException {
    server = new RangeClient(uri, client, timeout);
    RangeClient.Reply reply = server.get(0, OPENING_BYTES);
    version = reply.version();
    keep(0, reply.bytes());
  }

  long size() {
    return version.size();
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    long page = position / PAGE_BYTES;
    byte[] bytes = pages.getIfPresent(page);
    if (bytes == null) {
      bytes = fetch(page, pageOfLast(position, target.remaining()));
    }
    int at = (int) (position - page * PAGE_BYTES);
    int count = Math.min(target.remaining(), bytes.length - at);
    target.put(bytes, at, count);
    return count;
  }

  @Override
  public void readAhead(long[] offsets, long[] lengths) throws IOException {
    long begin = offsets[0] / PAGE_BYTES;
    long end = pageOfLast(offsets[0], lengths[0]);
    while (begin <= end && pages.getIfPresent(begin) != null) {
      begin++;
    }
    if (begin > end) {
      return;
    }
    for (int i = 1; i < offsets.length; i++) {
      long from = offsets[i] / PAGE_BYTES;
      long to = pageOfLast(offsets[i], lengths[i]);
      // A hole of one page costs less than another request.
      if (from < begin || from > end + 2 || (to + 1 - begin) * PAGE_BYTES > MAX_REQUEST_BYTES) {
        break;
      }
      end = Math.max(end, to);
    }
    fetch(begin, end);
  }

  /** Fetches missing pages in one request, from the first one on, and returns the first one. */
  private byte[] fetch(long first, long last) throws IOException {
    long end = first + 1;
    while (end <= last
        && end - first < MAX_REQUEST_BYTES / PAGE_BYTES
        && pages.getIfPresent(end) == null) {
      end++;
    }
    long begin = first * PAGE_BYTES;
    int length = (int) Math.min((end - first) * PAGE_BYTES, version.size() - begin);
    RangeClient.Reply reply = server.get(begin, length);
    version.requireSame(reply.version());
    keep(first, reply.bytes());
    return Arrays.copyOf(reply.bytes(), Math.min(PAGE_BYTES, length));
  }

  private void keep(long first, byte[] bytes) {
    for (int at = 0; at < bytes.length; at += PAGE_BYTES) {
      pages.put(
          first + at / PAGE_BYTES,
          Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + PAGE_BYTES)));
    }
  }

  private static long pageOfLast(long offset, long length) {
    return (offset + Math.max(length, 1) - 1) / PAGE_BYTES;
  }

  /** Forgets what was read; connections belong to the client. */
  @Override
  public void close() {
    pages.invalidateAll();
  }
}
