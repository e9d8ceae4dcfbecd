package org.csmoe.raster;

import java.nio.ByteBuffer;

/** A file in memory that counts what is read of it. For one thread. */
final class CountingBytes implements TiffSource.Bytes {
  private final byte[] content;
  private long count;
  private int reads;

  CountingBytes(byte[] content) {
    this.content = content;
  }

  TiffSource source(String name) {
    return new TiffSource(name, this, content.length);
  }

  @Override
  public int read(ByteBuffer target, long position) {
    int length = target.remaining();
    target.put(content, (int) position, length);
    count += length;
    reads++;
    return length;
  }

  @Override
  public void close() {}

  void reset() {
    count = 0;
    reads = 0;
  }

  long count() {
    return count;
  }

  int reads() {
    return reads;
  }
}
