package org.csmoe.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The peak of this process's resident memory. */
public final class PeakMemory {
  private PeakMemory() {}

  /** Prints it where the system tells it. */
  public static void print() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (Files.exists(status)) {
      Files.readAllLines(status).stream()
          .filter(line -> line.startsWith("VmHWM"))
          .forEach(line -> System.out.println("peak memory " + line));
    }
  }
}
