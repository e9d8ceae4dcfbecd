package org.csmoe.io;

import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that appears whole or not at all. What is written goes to a temporary file beside the
 * target, hidden and ending in {@code .part}, which takes the target's place in {@link #commit()}.
 * Closing without commit deletes it, and an older file at the target stays as it was.
 *
 * <p>Not safe for use by several threads. Whoever creates one closes it.
 *
 * <pre>{@code
 * try (AtomicFile file = AtomicFile.create(Path.of("selection.csv"));
 *     BufferedWriter writer = file.writer()) {
 *   writer.write("id,longitude,latitude\n");
 *   writer.flush();
 *   file.commit();
 * }
 * }</pre>
 */
public final class AtomicFile implements Closeable {
  private final Path target;
  private final Path temporary;
  private final FileChannel channel;
  private boolean committed;

  private AtomicFile(Path target, Path temporary) throws IOException {
    this.target = target;
    this.temporary = temporary;
    this.channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
  }

  /**
   * Begins a file.
   *
   * @param target the file to make or replace; its folder must exist
   * @return the file; the caller closes it
   * @throws NoSuchFileException when the target's folder does not exist
   * @throws FileAlreadyExistsException when the target is a folder
   * @throws IOException when the temporary file cannot be made
   */
  public static AtomicFile create(Path target) throws IOException {
    Path absolute = target.toAbsolutePath();
    Path folder = absolute.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new NoSuchFileException(
          target.toString(), null, "the folder " + folder + " does not exist");
    }
    if (Files.isDirectory(absolute)) {
      throw new FileAlreadyExistsException(target.toString(), null, "found a folder");
    }
    String name = "." + absolute.getFileName() + "." + UUID.randomUUID() + ".part";
    return new AtomicFile(absolute, absolute.resolveSibling(name));
  }

  /**
   * Writes a small text in one step, as UTF-8.
   *
   * @param target the file to make or replace; its folder must exist
   * @param text all of it
   * @throws IOException when it cannot be written; an older file is then still there
   */
  public static void write(Path target, String text) throws IOException {
    write(target, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes a small file in one step.
   *
   * @param target the file to make or replace; its folder must exist
   * @param bytes all of it
   * @throws IOException when it cannot be written; an older file is then still there
   */
  public static void write(Path target, byte[] bytes) throws IOException {
    try (AtomicFile file = create(target)) {
      try (OutputStream stream = file.stream()) {
        stream.write(bytes);
        stream.flush();
        file.commit();
      }
    }
  }

  /**
   * The temporary file, for libraries that want a path. It exists already and is empty.
   *
   * @return a path beside the target
   */
  public Path temporary() {
    return temporary;
  }

  /**
   * The temporary file, for writing by position.
   *
   * @return the channel, open until commit or close
   */
  public FileChannel channel() {
    return channel;
  }

  /**
   * A buffered stream into the file. Flush it before {@link #commit()}.
   *
   * @return the stream; closing it ends the file without a commit
   */
  public OutputStream stream() {
    return new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
  }

  /**
   * A buffered writer of UTF-8 into the file. Flush it before {@link #commit()}.
   *
   * @return the writer; closing it ends the file without a commit
   */
  public BufferedWriter writer() {
    return new BufferedWriter(new OutputStreamWriter(stream(), StandardCharsets.UTF_8));
  }

  /**
   * Puts the file in its place, in one step where the file system can.
   *
   * @throws IOException when that fails; an older file is then still there
   * @throws IllegalStateException after commit or close
   */
  public void commit() throws IOException {
    if (committed || !channel.isOpen()) {
      throw new IllegalStateException(target + ": the file is committed or closed");
    }
    channel.force(true);
    channel.close();
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    }
    committed = true;
  }

  /** Deletes a file that was not committed; otherwise does nothing. */
  @Override
  public void close() throws IOException {
    channel.close();
    if (!committed) {
      Files.deleteIfExists(temporary);
    }
  }
}
