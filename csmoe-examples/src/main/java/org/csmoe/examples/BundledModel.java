package org.csmoe.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/**
 * The small pretrained model that comes with this program; its card is docs/mini-model.md. A
 * resource has no path, so that it is copied to a temporary file, once.
 */
final class BundledModel {
  static final String NAME = "csmoe-mini";

  private BundledModel() {}

  private static final class Copy {
    private static final Path FILE = make();

    private static Path make() {
      String resource = NAME + ".safetensors";
      try (InputStream stream =
          Objects.requireNonNull(BundledModel.class.getResourceAsStream(resource), resource)) {
        Path file = Files.createTempFile(NAME, ".safetensors");
        file.toFile().deleteOnExit();
        Files.copy(stream, file, StandardCopyOption.REPLACE_EXISTING);
        return file;
      } catch (IOException e) {
        throw new UncheckedIOException("the bundled model cannot be copied: " + e, e);
      }
    }
  }

  static Path file() {
    return Copy.FILE;
  }
}
