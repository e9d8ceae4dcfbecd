package org.csmoe.compiler.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Places storages so that those in use at the same time do not overlap. */
final class Arena {
  private Arena() {}

  /**
   * Places all storages, the largest first, each at the lowest place that is free while it is in
   * use.
   *
   * @return how many floats the arena needs
   */
  static long place(List<Storage> storages) {
    List<Storage> placed = new ArrayList<>();
    long end = 0;
    List<Storage> order = new ArrayList<>(storages);
    order.sort(Comparator.comparingLong(Storage::paddedFloats).reversed());
    for (Storage storage : order) {
      long place = 0;
      // Those placed so far are walked in the order of their places.
      for (Storage other : placed) {
        if (storage.overlapsInTime(other)
            && place < other.place() + other.paddedFloats()
            && other.place() < place + storage.paddedFloats()) {
          place = other.place() + other.paddedFloats();
        }
      }
      storage.placeAt(place);
      placed.add(storage);
      placed.sort(Comparator.comparingLong(Storage::place));
      end = Math.max(end, place + storage.paddedFloats());
    }
    return end;
  }
}
