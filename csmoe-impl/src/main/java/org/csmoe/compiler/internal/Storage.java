package org.csmoe.compiler.internal;

import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * Where floats lie: memory of the graph's own constants, or a stretch of the arena that is taken
 * from the first kernel that writes it to the last one that reads it.
 */
final class Storage {
  private static final int ALIGNMENT = 16;

  private final long length;
  private final @Nullable FloatPointer constant;
  private int first = Integer.MAX_VALUE;
  private int last = -1;
  private long place = -1;

  private Storage(long length, @Nullable FloatPointer constant) {
    this.length = length;
    this.constant = constant;
  }

  static Storage constant(FloatPointer data, long length) {
    return new Storage(length, data);
  }

  static Storage inArena(long length) {
    return new Storage(length, null);
  }

  boolean isConstant() {
    return constant != null;
  }

  /** Floats in whole cache lines, so that storages do not share one. */
  long paddedLength() {
    return (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  void usedAt(int step) {
    first = Math.min(first, step);
    last = Math.max(last, step);
  }

  boolean overlapsInTime(Storage other) {
    return first <= other.last && other.first <= last;
  }

  long place() {
    return place;
  }

  void placeAt(long floats) {
    place = floats;
  }

  /** The address of a float of this storage. */
  FloatPointer pointer(FloatPointer arena, long offset) {
    return constant == null ? arena.getPointer(place + offset) : constant.getPointer(offset);
  }
}
