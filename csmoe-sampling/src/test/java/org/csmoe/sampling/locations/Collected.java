package org.csmoe.sampling.locations;

import java.util.ArrayList;
import java.util.List;
import org.csmoe.sampling.Location;
import org.csmoe.sampling.LocationSource;

/** All that a source yields. */
final class Collected implements LocationSource.Visitor {
  final List<Location> locations = new ArrayList<>();
  final List<String> rejected = new ArrayList<>();

  static Collected of(LocationSource source) {
    Collected collected = new Collected();
    source.read(collected);
    return collected;
  }

  @Override
  public void accept(Location location) {
    locations.add(location);
  }

  @Override
  public void reject(String where, String reason, String detail) {
    rejected.add(
        "%s: %s: %s".formatted(where.substring(where.lastIndexOf('/') + 1), reason, detail));
  }
}
