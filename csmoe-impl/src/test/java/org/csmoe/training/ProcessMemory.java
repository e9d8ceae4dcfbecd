package org.csmoe.training;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * What this process holds, after a collection of garbage.
 *
 * @param heap bytes of live objects
 * @param resident bytes of the whole process in physical memory; 0 where no /proc tells it
 * @param pointers bytes that JavaCPP has allocated and not freed
 */
record ProcessMemory(long heap, long resident, long pointers) {
  private static final Path STATUS = Path.of("/proc/self/status");

  static ProcessMemory measure() throws IOException {
    // Twice, since native memory is freed by what the first collection finds.
    System.gc();
    System.gc();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    return new ProcessMemory(heap, readResident(), Pointer.totalBytes());
  }

  private static long readResident() throws IOException {
    List<String> lines = Files.isReadable(STATUS) ? Files.readAllLines(STATUS) : List.of();
    for (String line : lines) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    return 0;
  }

  @Override
  public String toString() {
    return "heap %.1f MiB, resident %.1f MiB, pointers %.1f MiB"
        .formatted(heap / 0x1p20, resident / 0x1p20, pointers / 0x1p20);
  }
}
