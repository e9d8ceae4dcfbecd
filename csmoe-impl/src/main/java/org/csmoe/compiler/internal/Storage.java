package org.csmoe.compiler.internal;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Where numbers lie: memory outside the plan (variables and constants of the graph, and what
 * gradients are written to), or a stretch of the arena that is taken from the first kernel that
 * writes it to the last one that reads it.
 */
final class Storage {
  private static final int ALIGNMENT = 16;

  private final Element element;
  private final long length;
  private boolean constant;
  private @Nullable Pointer outside;
  private int first = Integer.MAX_VALUE;
  private int last = -1;
  private long place = -1;

  private Storage(Element element, long length, @Nullable Pointer outside, boolean constant) {
    this.element = element;
    this.length = length;
    this.outside = outside;
    this.constant = constant;
  }

  /** Memory whose values never change. */
  static Storage constant(Element element, Pointer data, long length) {
    return new Storage(element, length, data, true);
  }

  /** Memory whose values may change between runs. */
  static Storage variable(Element element, Pointer data, long length) {
    return new Storage(element, length, data, false);
  }

  static Storage inArena(Element element, long length) {
    return new Storage(element, length, null, false);
  }

  Element element() {
    return element;
  }

  boolean isConstant() {
    return constant;
  }

  /** Lets what writes and reads it use this memory instead of the arena. */
  void moveTo(Pointer memory) {
    outside = memory;
  }

  /** Makes it a constant that lies in this memory. */
  void hold(Pointer memory) {
    outside = memory;
    constant = true;
  }

  /** Its elements. */
  long length() {
    return length;
  }

  /** Its size, in floats of the arena. */
  long floats() {
    return element.floats(length);
  }

  boolean isInArena() {
    return outside == null;
  }

  /** Its size in whole cache lines, so that storages do not share one. */
  long paddedFloats() {
    return (floats() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
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

  /** The address of an element of this storage. */
  Pointer pointer(FloatPointer arena, long offset) {
    return element.at(outside == null ? arena.getPointer(place) : outside, offset);
  }
}
