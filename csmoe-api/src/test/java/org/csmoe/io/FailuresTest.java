package org.csmoe.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FailuresTest {
  private static final Path FILE = Path.of("folder", "a.tif");

  private static String message(IOException cause) {
    return String.valueOf(Failures.of(FILE, "cannot be read", cause).getMessage());
  }

  @Test
  void theFileIsNamedOnceAndTheReasonIsInWords() {
    assertThat(message(new NoSuchFileException(FILE.toString())))
        .isEqualTo(FILE + ": cannot be read: there is no such file or folder");
    assertThat(message(new AccessDeniedException(FILE.toAbsolutePath().toString())))
        .isEqualTo(FILE + ": cannot be read: access denied");
    assertThat(message(new FileAlreadyExistsException(FILE.toString())))
        .endsWith("found a file, expected a folder or nothing");
    assertThat(message(new IOException("Is a directory")))
        .isEqualTo(FILE + ": cannot be read: Is a directory");
  }

  @Test
  void anotherFileOfTheCauseIsNamedToo() {
    assertThat(message(new AccessDeniedException("other.tif")))
        .isEqualTo(FILE + ": cannot be read: other.tif: access denied");
  }

  @Test
  void whatFailedIsNotSaidTwice() {
    IOException cause =
        new FileSystemException(FILE.toString(), null, "cannot be written: disk full");
    assertThat(Failures.of(FILE, "cannot be written", cause))
        .hasMessage(FILE + ": cannot be written: disk full")
        .hasCause(cause);
  }

  @Test
  void theClassIsNamedWhereTheMessageAloneSaysNothing() {
    assertThat(message(new MalformedInputException(1)))
        .endsWith("java.nio.charset.MalformedInputException: Input length = 1");
  }
}
