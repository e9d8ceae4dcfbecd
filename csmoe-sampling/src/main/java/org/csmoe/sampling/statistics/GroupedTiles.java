package org.csmoe.sampling.statistics;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.csmoe.sampling.DescribedArchive;
import org.csmoe.sampling.Stratum;

/**
 * The tiles of a selection as unit vectors in flat arrays, those of one stratum side by side, in
 * ascending order of their indexes; 28 bytes a tile. One array for each axis, unlike {@link
 * org.csmoe.sampling.selection.Members}, so that loops over all pairs can use vector instructions;
 * the vectors are the same to the last bit.
 */
final class GroupedTiles {
  /** The places of one stratum in the arrays: from inclusive, to exclusive. */
  record Group(Stratum stratum, int from, int to) {
    int size() {
      return to - from;
    }
  }

  final int[] indexes;
  final double[] x;
  final double[] y;
  final double[] z;
  final List<Group> groups;

  private GroupedTiles(int[] indexes, List<Group> groups) {
    this.indexes = indexes;
    this.groups = List.copyOf(groups);
    x = new double[indexes.length];
    y = new double[indexes.length];
    z = new double[indexes.length];
  }

  static GroupedTiles of(DescribedArchive archive, int[] selected) {
    BitSet chosen = new BitSet(archive.size());
    for (int index : selected) {
      if (index < 0 || index >= archive.size()) {
        throw new IllegalArgumentException(
            "indexes must be in 0..%d but one was %d".formatted(archive.size() - 1, index));
      }
      if (chosen.get(index)) {
        throw new IllegalArgumentException(
            "indexes must not repeat but %d (%s) did".formatted(index, archive.id(index)));
      }
      chosen.set(index);
    }
    SortedMap<Stratum, int[]> counts = new TreeMap<>();
    chosen.stream().forEach(i -> counts.computeIfAbsent(archive.stratum(i), s -> new int[1])[0]++);
    List<Group> groups = new ArrayList<>();
    int end = 0;
    for (Map.Entry<Stratum, int[]> entry : counts.entrySet()) {
      groups.add(new Group(entry.getKey(), end, end + entry.getValue()[0]));
      int start = end;
      end += entry.getValue()[0];
      entry.getValue()[0] = start;
    }
    int[] grouped = new int[selected.length];
    chosen.stream()
        .forEach(
            i -> grouped[counts.computeIfAbsent(archive.stratum(i), s -> new int[1])[0]++] = i);
    GroupedTiles tiles = new GroupedTiles(grouped, groups);
    tiles.place(archive);
    return tiles;
  }

  private void place(DescribedArchive archive) {
    for (int i = 0; i < indexes.length; i++) {
      double lambda = Math.toRadians(archive.longitude(indexes[i]));
      double phi = Math.toRadians(archive.latitude(indexes[i]));
      if (!Double.isFinite(lambda) || !Double.isFinite(phi)) {
        throw new IllegalArgumentException(
            "coordinates must be finite but %s had longitude %s, latitude %s"
                .formatted(
                    archive.id(indexes[i]),
                    archive.longitude(indexes[i]),
                    archive.latitude(indexes[i])));
      }
      x[i] = StrictMath.cos(phi) * StrictMath.cos(lambda);
      y[i] = StrictMath.cos(phi) * StrictMath.sin(lambda);
      z[i] = StrictMath.sin(phi);
    }
  }

  int size() {
    return indexes.length;
  }

  double squaredChord(int a, int b) {
    double dx = x[a] - x[b];
    double dy = y[a] - y[b];
    double dz = z[a] - z[b];
    return dx * dx + dy * dy + dz * dz;
  }
}
