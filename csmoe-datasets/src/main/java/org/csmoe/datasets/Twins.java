package org.csmoe.datasets;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.csmoe.CsMoeException;

/** Checks that what belongs together is complete. */
final class Twins {
  private static final String ADVICE = "; give onlySensor (--sensor of csmoe) to do without twins";

  private Twins() {}

  /** Fails when a name is in one folder and not in the other. */
  static void requireEqual(
      Path first, Collection<String> firstNames, Path second, Collection<String> secondNames) {
    requireAll(first, firstNames, second, secondNames, "twin", ADVICE);
    requireAll(second, secondNames, first, firstNames, "twin", ADVICE);
  }

  /** Fails when a name is in a folder and what belongs to it, by its ending, is not in another. */
  static void requireAll(
      Path first, Collection<String> names, Path second, Collection<String> others, String ending) {
    requireAll(first, names, second, others, "file *" + ending, "");
  }

  private static void requireAll(
      Path first,
      Collection<String> names,
      Path second,
      Collection<String> others,
      String what,
      String advice) {
    Set<String> missing = new TreeSet<>(names);
    missing.removeAll(new HashSet<>(others));
    if (!missing.isEmpty()) {
      throw new CsMoeException(
          "%s: found %s without its %s in %s (%d of %d have none)%s"
              .formatted(
                  first,
                  missing.iterator().next(),
                  what,
                  second,
                  missing.size(),
                  names.size(),
                  advice));
    }
  }
}
