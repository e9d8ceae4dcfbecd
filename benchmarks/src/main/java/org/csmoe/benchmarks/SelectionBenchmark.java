package org.csmoe.benchmarks;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.csmoe.sampling.selection.Fitness;
import org.csmoe.sampling.selection.GeneticSelector;
import org.csmoe.sampling.selection.Members;

/**
 * Our side of {@code selection.sh}: one stratum from a CSV of longitude, latitude, selected with
 * the paper's settings, twice; a JSON line for each.
 */
public final class SelectionBenchmark {
  private static final long COLD = -1;

  private SelectionBenchmark() {}

  /**
   * Runs.
   *
   * @param arguments file, target, generations, seed
   * @throws IOException when the file cannot be read
   */
  public static void main(String[] arguments) throws IOException {
    List<String> lines = Files.readAllLines(Path.of(arguments[0]));
    Members members =
        new Members(
            lines.stream().mapToDouble(line -> Double.parseDouble(line.split(",")[0])).toArray(),
            lines.stream().mapToDouble(line -> Double.parseDouble(line.split(",")[1])).toArray());
    int target = Integer.parseInt(arguments[1]);
    int generations = Integer.parseInt(arguments[2]);
    long[] seeds = {COLD, Long.parseLong(arguments[3])};
    GeneticSelector selector = GeneticSelector.builder().generations(generations).build();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (long seed : seeds) {
      long allocated = threads.getCurrentThreadAllocatedBytes();
      long begin = System.nanoTime();
      int[] selected = selector.select(members, target, seed, generation -> {});
      double seconds = (System.nanoTime() - begin) / 1e9;
      allocated = threads.getCurrentThreadAllocatedBytes() - allocated;
      // The first run is the one that the compiler learns from; users often have no other.
      System.out.printf(
          Locale.ROOT,
          "{\"peer\": \"ours%s\", \"members\": %d, \"target\": %d, \"generations\": %d, \"seed\": %d,"
              + " \"seconds\": %.3f, \"microsecondsPerGeneration\": %.1f, \"entropy\": %.4f,"
              + " \"selected\": %d, \"allocatedMiB\": %.1f}%n",
          seed == COLD ? " (cold)" : "",
          members.size(),
          target,
          generations,
          seed,
          seconds,
          1e6 * seconds / generations,
          Fitness.histogramEntropy().of(members, selected),
          selected.length,
          allocated / 1048576.0);
    }
  }
}
