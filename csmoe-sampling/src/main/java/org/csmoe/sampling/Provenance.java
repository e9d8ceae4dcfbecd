package org.csmoe.sampling;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.csmoe.io.AtomicFile;
import org.csmoe.io.Failures;

/**
 * Everything that shaped a result, as a JSON document to keep beside it: inputs with their SHA-256,
 * parameters, what was dropped and why, versions, time.
 *
 * <p>The fingerprint of a file is the SHA-256 of its bytes. That of a folder, which may hold
 * hundreds of gigabytes, is the SHA-256 of the relative names and sizes of the files in it.
 *
 * <p>Not safe for use by several threads.
 *
 * <pre>{@code
 * new Provenance("sample", Clock.systemUTC())
 *     .input("climate", Path.of("koppen.tif"))
 *     .parameter("seed", 42)
 *     .dropped(rejections)
 *     .write(Path.of("selection.csv.json"));
 * }</pre>
 */
public final class Provenance {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int BUFFER = 1 << 16;

  private final ObjectNode root = MAPPER.createObjectNode();

  /**
   * Begins a document.
   *
   * @param task what was done, such as {@code sample}
   * @param clock where the time comes from
   */
  public Provenance(String task, Clock clock) {
    root.put("task", task);
    root.put("time", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    String version = Provenance.class.getPackage().getImplementationVersion();
    root.putObject("versions")
        .put("csmoe", version == null ? "development" : version)
        .put("java", Runtime.version().toString())
        .put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
  }

  /**
   * Adds an input.
   *
   * @param role what it was used as, such as {@code climate}
   * @param path a file or folder; it is read once to the end, a folder only listed
   * @return this document
   * @throws UncheckedIOException when it cannot be read
   * @throws CsMoeException when the thread is interrupted
   */
  public Provenance input(String role, Path path) {
    try {
      ObjectNode input = root.withObject("/inputs").putObject(role).put("path", path.toString());
      if (Files.isDirectory(path)) {
        List<Path> files = files(path);
        input.put("files", files.size());
        input.put("sha256OfNamesAndSizes", listing(path, files));
      } else {
        input.put("bytes", Files.size(path));
        input.put("sha256", sha256(path));
      }
      return this;
    } catch (IOException e) {
      throw Failures.of(path, "cannot be read for its checksum", e);
    }
  }

  /**
   * Adds a parameter or a figure.
   *
   * @param name its name
   * @param value anything that Jackson can write: a number, text, boolean, list, map or tree
   * @return this document
   */
  public Provenance parameter(String name, Object value) {
    root.withObject("/parameters").set(name, MAPPER.valueToTree(value));
    return this;
  }

  /**
   * Adds what was left out.
   *
   * @param rejections counts and examples per reason
   * @return this document
   */
  public Provenance dropped(Rejections rejections) {
    ObjectNode dropped = root.withObject("/dropped");
    rejections
        .counts()
        .forEach(
            (reason, count) -> {
              ObjectNode entry = dropped.putObject(reason).put("count", count);
              rejections.examples(reason).forEach(entry.putArray("examples")::add);
            });
    return this;
  }

  /**
   * The document.
   *
   * @return a copy
   */
  public ObjectNode toJson() {
    return root.deepCopy();
  }

  /**
   * Writes the document; it appears whole or not at all.
   *
   * @param path the file to make or replace
   * @throws UncheckedIOException when it cannot be written
   */
  public void write(Path path) {
    try {
      AtomicFile.write(path, root.toPrettyString() + "\n");
    } catch (IOException e) {
      throw Failures.of(path, "cannot be written", e);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static String listing(Path folder, List<Path> files) throws IOException {
    MessageDigest digest = sha256();
    for (Path file : files) {
      String name = folder.relativize(file).toString().replace('\\', '/');
      digest.update((name + "\t" + Files.size(file) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER];
    try (InputStream stream = Files.newInputStream(file)) {
      for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
        if (Thread.currentThread().isInterrupted()) {
          throw new CsMoeException(file + ": interrupted while its checksum was computed");
        }
        digest.update(buffer, 0, count);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
