package org.csmoe.datasets;

import java.util.List;

/**
 * What a reader found in a folder.
 *
 * @param classes of the targets; empty when there are none
 * @param places in the order of the data set
 * @param resource what reading needs open; the data set closes it
 */
record Places(List<String> classes, List<Place> places, Runnable resource) {

  /** Places that open and close their files themselves. */
  static Places of(List<String> classes, List<? extends Place> places) {
    return new Places(classes, List.copyOf(places), () -> {});
  }
}
