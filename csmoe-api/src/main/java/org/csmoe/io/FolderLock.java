package org.csmoe.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.csmoe.CsMoeException;

/**
 * Keeps a folder to one writer at a time, of this process and of others, by a lock on a hidden file
 * in it. The system frees the lock of a process that is killed. Whoever takes it closes it.
 */
public final class FolderLock implements Closeable {
  /** The name of the file, which is there while the folder is locked. */
  public static final String NAME = ".lock";

  private final Path file;
  private final FileChannel channel;

  private FolderLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Locks a folder.
   *
   * @param folder exists
   * @return the lock; the caller closes it
   * @throws CsMoeException when another writer has it
   * @throws IOException when no file can be made in the folder
   */
  public static FolderLock take(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return new FolderLock(file, channel);
      }
    } catch (OverlappingFileLockException e) {
      // Held by this very process; the message below says so.
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new CsMoeException(
        folder + ": another run is writing into this folder; wait for it, or take another folder");
  }

  /** Frees the folder and deletes the file. */
  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(file);
  }
}
