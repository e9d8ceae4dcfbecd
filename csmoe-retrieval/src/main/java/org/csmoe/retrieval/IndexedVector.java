package org.csmoe.retrieval;

/**
 * An image to put into an index or to ask for. Does not copy the array it is given; whoever takes
 * it, copies.
 *
 * @param entry what the image is
 * @param vector its features, of any length but 0; finite, not all zero
 */
@SuppressWarnings("ArrayRecordComponent") // Identity is as good as any equality here.
public record IndexedVector(IndexEntry entry, float[] vector) {}
