package org.csmoe.raster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The directories of the first image at reduced resolution: those that follow it and say so in
 * NewSubfileType, up to the next page. Masks are passed over, and so are reduced images whose
 * bands, sample type or size cannot be those of an overview. Directories under SubIFDs (tag 330)
 * are not followed.
 */
final class OverviewDirectories {
  /** A raster halved 31 times is one pixel; masks and foreign images may stand between. */
  private static final int MAX_DIRECTORIES = 128;

  private static final long REDUCED = 1;
  private static final long PAGE = 2;
  private static final long MASK = 4;

  private OverviewDirectories() {}

  /** A directory with what it says. */
  record Overview(TiffDirectory directory, SampleLayout samples, RasterInfo info) {}

  /**
   * Walks along the chain of directories.
   *
   * @param first the directory of the first image
   * @param full what it says
   * @return from the finest to the coarsest
   * @throws org.csmoe.RasterFormatException when the chain is a cycle, too long or malformed
   */
  static List<Overview> of(TiffDirectory first, RasterInfo full) {
    List<Overview> overviews = new ArrayList<>();
    Set<Long> visited = new HashSet<>();
    visited.add(first.start());
    TiffDirectory directory = first;
    for (long next = first.nextStart(); next != 0; next = directory.nextStart()) {
      if (!visited.add(next)) {
        throw directory.malformedLink(
            "a link back to the directory at byte " + next, "each directory once");
      }
      if (visited.size() > MAX_DIRECTORIES) {
        throw directory.malformedLink(
            "more than %d directories".formatted(MAX_DIRECTORIES),
            "an image, its overviews and masks");
      }
      directory = directory.at(next);
      long kind = directory.integer(TiffTag.NEW_SUBFILE_TYPE, 0);
      if ((kind & MASK) != 0) {
        continue;
      }
      if ((kind & REDUCED) == 0 || (kind & PAGE) != 0) {
        break;
      }
      TiffHeader header = new TiffHeader(directory);
      RasterInfo info = header.info();
      if (info.bands() == full.bands()
          && info.pixelType() == full.pixelType()
          && info.width() <= full.width()
          && info.height() <= full.height()
          && (info.width() < full.width() || info.height() < full.height())) {
        overviews.add(new Overview(directory, header.samples(), info.placedAs(full)));
      }
    }
    overviews.sort(
        Comparator.comparingLong(
            overview -> -(long) overview.info.width() * overview.info.height()));
    return overviews;
  }
}
