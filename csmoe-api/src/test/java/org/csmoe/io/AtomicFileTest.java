package org.csmoe.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  private final Path folder;

  AtomicFileTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void nothingIsAtTheTargetBeforeTheCommit() throws IOException {
    Path target = folder.resolve("a.txt");
    try (AtomicFile file = AtomicFile.create(target);
        BufferedWriter writer = file.writer()) {
      writer.write("new");
      writer.flush();
      assertThat(target).doesNotExist();
      file.commit();
      assertThat(target).hasContent("new");
    }
    assertThat(files()).containsExactly(target);
  }

  @Test
  void closingWithoutCommitKeepsTheOldFileAndLeavesNothing() throws IOException {
    Path target = Files.writeString(folder.resolve("a.txt"), "old");
    try (AtomicFile file = AtomicFile.create(target);
        BufferedWriter writer = file.writer()) {
      writer.write("half");
      writer.flush();
    }
    assertThat(target).hasContent("old");
    assertThat(files()).containsExactly(target);
  }

  @Test
  void aLibraryMayWriteToTheTemporaryPath() throws IOException {
    Path target = Files.writeString(folder.resolve("a.txt"), "old");
    try (AtomicFile file = AtomicFile.create(target)) {
      Files.writeString(file.temporary(), "new");
      file.commit();
    }
    assertThat(target).hasContent("new");
  }

  @Test
  void aFolderThatDoesNotExistIsNamed() {
    assertThatThrownBy(() -> AtomicFile.write(folder.resolve("no/a.txt"), ""))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("the folder " + folder.resolve("no") + " does not exist");
  }

  @Test
  void aFolderThatTakesNoFilesIsNamedWithoutTheTemporaryFile() throws IOException {
    Path locked = readOnlyFolder();
    assertThatThrownBy(() -> AtomicFile.write(locked.resolve("a.txt"), "text"))
        .isInstanceOf(FileSystemException.class)
        .hasMessageStartingWith(locked.resolve("a.txt").toString())
        .hasMessageContaining("no file can be made in its folder")
        .hasMessageNotContaining(".part");
  }

  /** The administrator may write into any folder of a disk, but not into that of the kernel. */
  private Path readOnlyFolder() throws IOException {
    Path locked = Files.createDirectory(folder.resolve("locked"));
    if (locked.toFile().setWritable(false) && !Files.isWritable(locked)) {
      return locked;
    }
    Path kernel = Path.of("/sys/kernel");
    assumeTrue(Files.isDirectory(kernel), "no folder here that refuses this user's files");
    return kernel;
  }

  @Test
  void aFolderIsNotReplaced() {
    assertThatThrownBy(() -> AtomicFile.write(folder, ""))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining(folder.toString());
  }

  @Test
  void committingTwiceIsRefused() throws IOException {
    try (AtomicFile file = AtomicFile.create(folder.resolve("a.txt"))) {
      file.commit();
      assertThatThrownBy(file::commit)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("a.txt");
    }
  }

  @Test
  void bytesGoToAnyPositionAndThenOnAtTheEnd() throws IOException {
    Path target = folder.resolve("a.txt");
    try (AtomicFile file = AtomicFile.create(target)) {
      file.write(bytes("header later, rest"));
      file.write(bytes("HEADER"), 0);
      file.write(bytes("."));
      file.commit();
    }
    assertThat(target).hasContent("HEADER later, rest.");
  }

  @Test
  void aFailureNamesTheTargetAndSaysWhatToDo() throws IOException {
    try (AtomicFile file = AtomicFile.create(folder.resolve("a.parquet"))) {
      IOException cause = new IOException("No space left on device");
      String reason = "could not write to " + file.temporary() + ": no space left";
      assertThat(file.failure(reason, cause))
          .hasMessageStartingWith(folder.resolve("a.parquet").toString())
          .hasMessageContaining("could not write to " + folder.resolve("a.parquet"))
          .hasMessageContaining("what was there before is unchanged. Make room")
          .hasMessageNotContaining(".part")
          .hasCause(cause);
    }
  }

  @Test
  void aScratchFileGoesWhenItIsClosedAndIsNeverCommitted() throws IOException {
    Path target = folder.resolve("a.tif");
    try (AtomicFile file = AtomicFile.scratch(target)) {
      file.write(bytes("tile"), 16);
      ByteBuffer read = ByteBuffer.allocate(4);
      file.channel().read(read, 16);
      assertThat(read.flip()).isEqualTo(bytes("tile"));
      assertThatThrownBy(file::commit).isInstanceOf(IllegalStateException.class);
    }
    assertThat(files()).isEmpty();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
