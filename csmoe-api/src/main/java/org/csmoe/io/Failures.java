package org.csmoe.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * Says in one line what went wrong with a file. The messages of Java's own exceptions are often
 * just the file's name, and the reason is in the name of their class.
 */
public final class Failures {
  private Failures() {}

  /**
   * What to throw where checked exceptions cannot be thrown.
   *
   * @param file the file or folder in question, or what it is called
   * @param what what failed, such as {@code cannot be read}
   * @param cause what the system says
   * @return an exception with a message such as {@code scene.tif: cannot be read: access denied}
   */
  public static UncheckedIOException of(Object file, String what, IOException cause) {
    String reason = reason(cause);
    if (cause instanceof FileSystemException system && !isSame(file, system.getFile())) {
      reason = system.getFile() + ": " + reason;
    }
    String said = reason.startsWith(what) ? reason : what + ": " + reason;
    return new UncheckedIOException(file + ": " + said, cause);
  }

  private static boolean isSame(Object file, String other) {
    if (other == null || !(file instanceof Path path)) {
      return other == null;
    }
    Path named = Path.of(other);
    return path.toAbsolutePath().normalize().equals(named.toAbsolutePath().normalize());
  }

  /**
   * Why something failed, without the name of the file.
   *
   * @param cause what the system says
   * @return a reason in words
   */
  public static String reason(IOException cause) {
    if (cause instanceof FileSystemException system && system.getReason() != null) {
      return system.getReason();
    }
    if (cause instanceof NoSuchFileException) {
      return "there is no such file or folder";
    }
    if (cause instanceof AccessDeniedException) {
      return "access denied";
    }
    if (cause instanceof FileAlreadyExistsException) {
      return "found a file, expected a folder or nothing";
    }
    if (cause instanceof NotDirectoryException) {
      return "found a file, expected a folder";
    }
    if (cause instanceof ClosedByInterruptException) {
      return "interrupted";
    }
    String message = cause.getMessage();
    boolean plain = cause.getClass() == IOException.class || cause instanceof EOFException;
    return plain && message != null ? message : cause.toString();
  }
}
