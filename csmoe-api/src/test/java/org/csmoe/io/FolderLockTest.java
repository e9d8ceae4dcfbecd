package org.csmoe.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.csmoe.CsMoeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void aSecondWriterIsRefusedUntilTheFirstIsDone() throws IOException {
    try (FolderLock first = FolderLock.take(folder)) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> FolderLock.take(folder))
          .isInstanceOf(CsMoeException.class)
          .hasMessageStartingWith(folder + ": another run is writing into this folder");
    }
    assertThat(folder).isEmptyDirectory();
    FolderLock.take(folder).close();
  }
}
