package org.csmoe.sampling;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * Locations of an archive, read as a stream: nothing is kept, so that millions of rows take no more
 * memory than one. Reading again begins at the start and yields the same locations in the same
 * order.
 *
 * <p>Implementations are immutable and safe for use by several threads.
 */
public interface LocationSource {

  /**
   * What this is, for messages and provenance.
   *
   * @return for example {@code locations.csv} or {@code major-tom-grid 10 km}
   */
  String name();

  /**
   * The files that decide what is read, for provenance.
   *
   * @return paths; empty when the locations are computed
   */
  List<Path> files();

  /**
   * How many locations there are, when that is known without reading all of them.
   *
   * @return the number of rows, for progress
   */
  OptionalLong count();

  /**
   * Reads all locations.
   *
   * @param visitor receives every location and every row that is none
   * @throws java.io.UncheckedIOException when a file cannot be read
   * @throws org.csmoe.CsMoeException when a file as a whole is not what it should be, for example
   *     lacks a column, or when the thread was interrupted
   */
  void read(Visitor visitor);

  /** Receives locations one by one. */
  interface Visitor {
    /**
     * The next location.
     *
     * @param location the location
     */
    void accept(Location location);

    /**
     * A row that is no location.
     *
     * @param where line or row, with the file, such as {@code locations.csv line 17}
     * @param reason the class of the fault, the same words for all rows with this fault, such as
     *     {@code latitude out of range}
     * @param detail what was found and what was expected in this row
     */
    void reject(String where, String reason, String detail);
  }
}
