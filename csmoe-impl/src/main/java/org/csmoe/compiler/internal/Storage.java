package org.csmoe.compiler.internal;

import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * Where floats lie: memory outside the plan (variables and constants of the graph, and what
 * gradients are written to), or a stretch of the arena that is taken from the first kernel that
 * writes it to the last one that reads it.
 */
final class Storage {
  private static final int ALIGNMENT = 16;

  private final long length;
  private boolean constant;
  private @Nullable FloatPointer outside;
  private int first = Integer.MAX_VALUE;
  private int last = -1;
  private long place = -1;

  private Storage(long length, @Nullable FloatPointer outside, boolean constant) {
    this.length = length;
    this.outside = outside;
    this.constant = constant;
  }

  /** Memory whose values never change. */
  static Storage constant(FloatPointer data, long length) {
    return new Storage(length, data, true);
  }

  /** Memory whose values may change between runs. */
  static Storage variable(FloatPointer data, long length) {
    return new Storage(length, data, false);
  }

  static Storage inArena(long length) {
    return new Storage(length, null, false);
  }

  boolean isConstant() {
    return constant;
  }

  /** Lets what writes and reads it use this memory instead of the arena. */
  void moveTo(FloatPointer memory) {
    outside = memory;
  }

  /** Makes it a constant that lies in this memory. */
  void hold(FloatPointer memory) {
    outside = memory;
    constant = true;
  }

  long length() {
    return length;
  }

  boolean isInArena() {
    return outside == null;
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
    return outside == null ? arena.getPointer(place + offset) : outside.getPointer(offset);
  }
}
