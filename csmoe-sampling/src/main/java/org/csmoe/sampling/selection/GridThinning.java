package org.csmoe.sampling.selection;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.csmoe.CsMoeException;

/**
 * Keeps one random member per cell of a grid of nearly equal area: bands of equal height in
 * latitude, each cut into as many cells as keep their width at the band's middle near that height.
 * The height is found by bisection, so that at least the target is left, and what is too many is
 * pruned at random. Where many members share a place, so that no grid separates enough of them, the
 * rest is drawn at random.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class GridThinning implements Selector {
  private static final int HALVINGS = 24;

  /** A selector without settings. */
  public GridThinning() {}

  @Override
  public String name() {
    return "grid-thinning";
  }

  @Override
  public int[] select(Members members, int target, long seed, Consumer<Generation> observer) {
    Selectors.requireTarget(members, target);
    double tooCoarse = 180;
    double fine = 0;
    for (int i = 0; i < HALVINGS; i++) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CsMoeException("interrupted while a grid was fitted");
      }
      // In the geometric mean, since heights of metres and of degrees are equally likely.
      double height = Math.sqrt(tooCoarse * Math.max(fine, 1e-4));
      if (occupied(members, height) >= target) {
        fine = height;
      } else {
        tooCoarse = height;
      }
    }
    SplittableRandom random = new SplittableRandom(seed);
    Subset subset = new Subset(target);
    if (fine > 0) {
      thin(members, fine, random).values().forEach(subset::add);
    }
    subset.prune(target, random);
    subset.augment(target, members.size(), random);
    return subset.toArray();
  }

  private static int occupied(Members members, double height) {
    Set<Long> cells = new HashSet<>();
    for (int i = 0; i < members.size(); i++) {
      cells.add(cell(members, i, height));
    }
    return cells.size();
  }

  /** A random member of every cell that has any, by reservoir sampling. */
  private static Map<Long, Integer> thin(Members members, double height, SplittableRandom random) {
    Map<Long, Integer> kept = new HashMap<>();
    Map<Long, Integer> seen = new HashMap<>();
    for (int i = 0; i < members.size(); i++) {
      long cell = cell(members, i, height);
      if (random.nextInt(seen.merge(cell, 1, Integer::sum)) == 0) {
        kept.put(cell, i);
      }
    }
    return kept;
  }

  private static long cell(Members members, int index, double height) {
    long band = (long) Math.floor((members.latitude(index) + 90) / height);
    double middle = Math.min(90, (band + 0.5) * height - 90);
    double columns = Math.max(1, Math.rint(360 * StrictMath.cos(Math.toRadians(middle)) / height));
    long column = (long) Math.floor((members.longitude(index) + 180) / 360 * columns);
    return band << 32 | Math.floorMod(column, (long) columns);
  }
}
