package org.csmoe.sampling.locations;

import java.util.Arrays;

/**
 * The ids seen so far, as hashes of 64 bits: 11 to 22 bytes each. That two of three million
 * different ids collide has a probability of one in four million.
 */
final class IdSet {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;
  private static final long MIX = 0x9e3779b97f4a7c15L;

  /** Hashes at their places or after them; 0 is free. */
  private long[] slots = new long[1 << 10];

  private int size;

  /** Whether the id is new. */
  boolean add(String id) {
    if (4L * size >= 3L * slots.length) {
      long[] old = slots;
      slots = new long[2 * old.length];
      Arrays.stream(old).filter(hash -> hash != 0).forEach(this::insert);
    }
    boolean added = insert(hash(id));
    size += added ? 1 : 0;
    return added;
  }

  private boolean insert(long hash) {
    int mask = slots.length - 1;
    int slot = (int) (hash >>> 32) & mask;
    while (slots[slot] != 0) {
      if (slots[slot] == hash) {
        return false;
      }
      slot = (slot + 1) & mask;
    }
    slots[slot] = hash;
    return true;
  }

  private static long hash(String id) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < id.length(); i++) {
      hash = (hash ^ id.charAt(i)) * FNV_PRIME;
    }
    hash = (hash ^ hash >>> 32) * MIX;
    hash = (hash ^ hash >>> 29) * MIX;
    hash ^= hash >>> 32;
    return hash == 0 ? 1 : hash;
  }
}
