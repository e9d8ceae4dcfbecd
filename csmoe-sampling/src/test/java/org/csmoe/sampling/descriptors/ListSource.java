package org.csmoe.sampling.descriptors;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.csmoe.sampling.Location;
import org.csmoe.sampling.LocationSource;

/** Locations in memory. */
record ListSource(List<Location> locations) implements LocationSource {
  @Override
  public String name() {
    return "list";
  }

  @Override
  public List<Path> files() {
    return List.of();
  }

  @Override
  public OptionalLong count() {
    return OptionalLong.of(locations.size());
  }

  @Override
  public void read(Visitor visitor) {
    locations.forEach(visitor::accept);
  }
}
