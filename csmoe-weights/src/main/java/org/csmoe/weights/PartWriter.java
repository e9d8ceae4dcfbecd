package org.csmoe.weights;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.csmoe.WeightFormatException;
import org.jspecify.annotations.Nullable;

/**
 * Writes a response's body to a file as it arrives. A subscriber rather than a stream, so that the
 * thread that waits for the response can be interrupted at any time; closing the channel then stops
 * this writer.
 */
final class PartWriter implements HttpResponse.BodySubscriber<Long> {
  private static final long REPORT_BYTES = 1 << 20;

  private final FileChannel channel;
  private final URI source;
  private final OptionalLong total;
  private final Download.Limits limits;
  private final CompletableFuture<Long> result = new CompletableFuture<>();
  private Flow.@Nullable Subscription subscription;
  private final long start;
  private long position;
  private long reported;

  PartWriter(
      FileChannel channel, URI source, long start, OptionalLong total, Download.Limits limits) {
    this.channel = channel;
    this.source = source;
    this.total = total;
    this.limits = limits;
    this.start = start;
    this.position = start;
  }

  @Override
  public CompletionStage<Long> getBody() {
    return result;
  }

  @Override
  public void onSubscribe(Flow.Subscription flow) {
    subscription = flow;
    try {
      if (start > channel.size()) {
        throw new IOException(
            "%s: found an answer from byte %d on; expected from %d"
                .formatted(source, start, channel.size()));
      }
      channel.truncate(start);
      requireSize(total.orElse(0));
      flow.request(1);
    } catch (IOException | RuntimeException e) {
      fail(e);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    try {
      for (ByteBuffer buffer : buffers) {
        requireSize(position + buffer.remaining());
        while (buffer.hasRemaining()) {
          position += channel.write(buffer, position);
        }
      }
      if (position - reported >= REPORT_BYTES) {
        report();
      }
      if (subscription != null) {
        subscription.request(1);
      }
    } catch (IOException | RuntimeException e) {
      fail(e);
    }
  }

  @Override
  public void onError(Throwable failure) {
    result.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    try {
      report();
      result.complete(position);
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private void report() {
    reported = position;
    limits.progress().update(source, position, total);
  }

  private void requireSize(long bytes) {
    if (bytes > limits.maxBytes()) {
      throw new WeightFormatException(
          "%s: found at least %d bytes; expected at most %d"
              .formatted(source, bytes, limits.maxBytes()));
    }
  }

  private void fail(Exception failure) {
    if (subscription != null) {
      subscription.cancel();
    }
    result.completeExceptionally(failure);
  }
}
