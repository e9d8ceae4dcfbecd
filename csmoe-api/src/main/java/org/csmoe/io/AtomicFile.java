package org.csmoe.io;

import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Set;
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
  private final boolean scratch;
  private final FileChannel channel;
  private boolean committed;

  private AtomicFile(Path target, Path temporary, boolean scratch) throws IOException {
    this.target = target;
    this.temporary = temporary;
    this.scratch = scratch;
    Set<StandardOpenOption> options =
        EnumSet.of(
            StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (scratch) {
      options.add(StandardOpenOption.DELETE_ON_CLOSE);
    }
    this.channel = FileChannel.open(temporary, options);
  }

  /**
   * Begins a file.
   *
   * @param target the file to make or replace; its folder must exist
   * @return the file; the caller closes it
   * @throws NoSuchFileException when the target's folder does not exist
   * @throws FileAlreadyExistsException when the target is a folder
   * @throws FileSystemException when the temporary file cannot be made, as in a read-only folder
   * @throws IOException when something else fails
   */
  public static AtomicFile create(Path target) throws IOException {
    return begin(target, false);
  }

  /**
   * Begins a file that is needed only while another one is made, beside it. It is deleted when it
   * is closed; most systems delete its name at once, so that nothing is left even of a process that
   * is killed. It cannot be committed.
   *
   * @param target the file that is made, which messages name; its folder must exist
   * @return the file; the caller closes it
   * @throws IOException as {@link #create} does
   */
  public static AtomicFile scratch(Path target) throws IOException {
    return begin(target, true);
  }

  private static AtomicFile begin(Path target, boolean scratch) throws IOException {
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
    try {
      return new AtomicFile(absolute, absolute.resolveSibling(name), scratch);
    } catch (AccessDeniedException e) {
      throw failed(absolute, "no file can be made in its folder: access denied", e);
    } catch (FileSystemException e) {
      throw failed(absolute, "no file can be made in its folder: " + e.getReason(), e);
    }
  }

  /** The system's own message names a temporary file, or none. */
  private static FileSystemException failed(Path target, String reason, Exception cause) {
    FileSystemException named = new FileSystemException(target.toString(), null, reason);
    named.initCause(cause);
    return named;
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
   * The temporary file, for libraries that want a path. It exists already and is empty. When such a
   * library fails, {@link #failure} says so in this class's words.
   *
   * @return a path beside the target
   */
  public Path temporary() {
    return temporary;
  }

  /**
   * The temporary file, for reading what was written. Write with {@link #write(ByteBuffer, long)},
   * whose failures name the target.
   *
   * @return the channel, open until commit or close
   */
  public FileChannel channel() {
    return channel;
  }

  /**
   * Writes all of some bytes at the channel's position.
   *
   * @param bytes from the buffer's position to its limit; the position moves to the limit
   * @throws FileSystemException when the disk is full or fails; names the target
   * @throws IOException when the file is closed, as by an interrupt
   */
  public void write(ByteBuffer bytes) throws IOException {
    long end = channel.position() + bytes.remaining();
    write(bytes, channel.position());
    channel.position(end);
  }

  /**
   * Writes all of some bytes at a position; the channel's own does not change.
   *
   * @param bytes from the buffer's position to its limit; the position moves to the limit
   * @param position where they go, at or before the end or after it
   * @throws FileSystemException when the disk is full or fails; names the target
   * @throws IOException when the file is closed, as by an interrupt
   */
  public void write(ByteBuffer bytes, long position) throws IOException {
    long at = position;
    try {
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      throw failure(Failures.reason(e), e);
    }
  }

  /**
   * What to throw when the file cannot be written.
   *
   * @param reason what the system or a library says; the temporary file's name in it becomes the
   *     target's
   * @param cause its exception
   * @return an exception that names the target and says what to do
   */
  public FileSystemException failure(String reason, Exception cause) {
    String words = reason.replace(temporary.toString(), target.toString());
    return failed(
        target,
        "cannot be written: "
            + words
            + "; what was there before is unchanged. Make room, or choose another folder",
        cause);
  }

  /**
   * A buffered stream into the file. Flush it before {@link #commit()}.
   *
   * @return the stream; closing it ends the file without a commit
   */
  public OutputStream stream() {
    OutputStream unbuffered =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            AtomicFile.this.write(ByteBuffer.wrap(bytes, offset, length));
          }

          @Override
          public void close() throws IOException {
            channel.close();
          }
        };
    return new BufferedOutputStream(unbuffered, 1 << 16);
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
   * @throws IllegalStateException after commit or close, and for a scratch file
   */
  public void commit() throws IOException {
    if (committed || scratch || !channel.isOpen()) {
      throw new IllegalStateException(target + ": the file is committed, closed or scratch");
    }
    try {
      channel.force(true);
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      throw failure(Failures.reason(e), e);
    }
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
