package org.csmoe.retrieval;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.csmoe.sensor.Sensor;

/**
 * What an index knows of an image beside its vector.
 *
 * @param id not empty; unique among the entries of its sensor, so that the images of one place by
 *     two sensors may share it
 * @param sensor what took the image
 * @param labels indices of its classes, none negative, in no order; may be empty
 * @param metadata anything else, in no order, such as country or date
 */
public record IndexEntry(
    String id, Sensor sensor, Set<Integer> labels, Map<String, String> metadata) {

  /** Copies and checks. */
  public IndexEntry {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("id must not be empty");
    }
    labels = Set.copyOf(labels);
    metadata = Map.copyOf(metadata);
    for (int label : labels) {
      if (label < 0) {
        throw new IllegalArgumentException(
            "%s %s: label must not be negative but was %d"
                .formatted(sensor.shortName(), id, label));
      }
    }
  }

  /**
   * An entry without metadata.
   *
   * @param id not empty
   * @param sensor what took the image
   * @param labels indices of its classes
   * @return the entry
   * @throws IllegalArgumentException when the id is empty or a label negative
   */
  public static IndexEntry of(String id, Sensor sensor, int... labels) {
    return new IndexEntry(
        id, sensor, Arrays.stream(labels).boxed().collect(Collectors.toSet()), Map.of());
  }

  /** How messages name the entry. */
  String name() {
    return sensor.shortName() + " " + id;
  }

  Key key() {
    return new Key(sensor, id);
  }

  /** What an entry is found by. */
  record Key(Sensor sensor, String id) {}
}
