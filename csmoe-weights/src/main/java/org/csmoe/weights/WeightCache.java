package org.csmoe.weights;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.csmoe.CsMoeException;
import org.csmoe.WeightFormatException;
import org.jspecify.annotations.Nullable;

/**
 * A folder of downloaded weight files, named by their SHA-256: {@code <sha256>.weights}. A file
 * gets this name only after its hash has been verified; a broken download stays as {@code
 * <sha256>.part} and is continued by the next call.
 *
 * <p>Safe for use by several threads and by several processes on one folder: each file is
 * downloaded once, and the others wait for it. Interrupting a waiting or downloading thread ends
 * its call with {@link InterruptedException} and keeps the part.
 */
public final class WeightCache {
  private static final Map<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

  /** Told how far a download is. Called by a thread of the HTTP client. */
  @FunctionalInterface
  public interface Progress {
    /**
     * Some bytes have arrived. An exception thrown here ends the download.
     *
     * @param source what is being downloaded
     * @param done bytes on disk, those of earlier calls included
     * @param total bytes of the whole file, empty when the server does not tell
     */
    void update(URI source, long done, OptionalLong total);
  }

  private final Path directory;
  private final boolean offline;
  private final Download.Limits limits;

  private WeightCache(Builder builder, Path directory, boolean offline) {
    this.directory = directory;
    this.offline = offline;
    this.limits = new Download.Limits(builder.maxBytes, builder.timeout, builder.progress);
  }

  /**
   * Begins a cache.
   *
   * @return a builder with the defaults
   */
  public static Builder builder() {
    return new Builder(System.getenv(), System.getProperty("user.home", "."));
  }

  static Builder builder(Map<String, String> environment, String home) {
    return new Builder(environment, home);
  }

  /**
   * The folder of this cache.
   *
   * @return an absolute path; the folder may not exist yet
   */
  public Path directory() {
    return directory;
  }

  /**
   * The file of a catalogue entry, downloaded when it is not in the cache.
   *
   * @param entry the entry
   * @return the path of the verified file
   * @throws IOException when the transfer or writing breaks; the next call continues
   * @throws InterruptedException when the thread is interrupted
   * @throws CsMoeException when the cache is offline and does not have the file, or the server
   *     refuses
   * @throws WeightFormatException when the file has another hash or is too large
   */
  public Path get(CatalogueEntry entry) throws IOException, InterruptedException {
    return get(entry.url(), entry.sha256());
  }

  /**
   * The file of an address, downloaded when it is not in the cache.
   *
   * @param source an http or https address; redirects are followed, but not from https to http
   * @param sha256 the file's hash, 64 hexadecimal digits
   * @return the path of the verified file
   * @throws IOException when the transfer or writing breaks; the next call continues
   * @throws InterruptedException when the thread is interrupted
   * @throws IllegalArgumentException when the source is not http or https, or the hash no SHA-256
   * @throws CsMoeException when the cache is offline and does not have the file, or the server
   *     refuses
   * @throws WeightFormatException when the file has another hash or is too large
   */
  public Path get(URI source, String sha256) throws IOException, InterruptedException {
    requireHttp(source);
    String hash = requireSha256(sha256);
    Path file = directory.resolve(hash + ".weights");
    if (Files.isRegularFile(file)) {
      return file;
    }
    if (offline) {
      throw new CsMoeException(
          "%s: found no %s and the cache is offline; expected the file of %s there: copy it, or"
                  .formatted(directory, file.getFileName(), source)
              + " unset CSMOE_OFFLINE");
    }
    Files.createDirectories(directory);
    // A file lock belongs to the whole process, so threads need a lock of their own.
    ReentrantLock lock = LOCKS.computeIfAbsent(file, path -> new ReentrantLock());
    lock.lockInterruptibly();
    try (FileChannel channel =
        FileChannel.open(
            directory.resolve(hash + ".lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE)) {
      channel.lock(); // until the channel closes
      if (!Files.isRegularFile(file)) {
        new Download(client(), source, hash, limits).to(directory.resolve(hash + ".part"), file);
      }
      return file;
    } catch (ClosedByInterruptException | FileLockInterruptionException e) {
      Thread.interrupted();
      throw (InterruptedException) new InterruptedException(source + ": interrupted").initCause(e);
    } finally {
      lock.unlock();
    }
  }

  /** Made per download, since a client's threads end only with the client. */
  private HttpClient client() {
    return HttpClient.newBuilder()
        .followRedirects(HttpClient.Redirect.NORMAL)
        .connectTimeout(limits.timeout())
        .build();
  }

  static void requireHttp(URI source) {
    String scheme = String.valueOf(source.getScheme()).toLowerCase(Locale.ROOT);
    if (source.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
      throw new IllegalArgumentException(
          "source must be an http or https address but was " + source);
    }
  }

  static String requireSha256(String sha256) {
    String lower = sha256.toLowerCase(Locale.ROOT);
    if (!lower.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "sha256 must be 64 hexadecimal digits but was \"" + sha256 + "\"");
    }
    return lower;
  }

  /** Settings of a cache. Not safe for use by several threads. */
  public static final class Builder {
    private static final long DEFAULT_MAX_BYTES = 1L << 34;

    private final Map<String, String> environment;
    private final String home;
    private @Nullable Path directory;
    private @Nullable Boolean offline;
    private long maxBytes = DEFAULT_MAX_BYTES;
    private Duration timeout = Duration.ofSeconds(30);
    private Progress progress = (source, done, total) -> {};

    private Builder(Map<String, String> environment, String home) {
      this.environment = environment;
      this.home = home;
    }

    /**
     * The folder. Default: the environment variable {@code CSMOE_CACHE}; else {@code csmoe} in
     * {@code XDG_CACHE_HOME}; else {@code .cache/csmoe} in the user's home.
     *
     * @param folder made when needed
     * @return this
     */
    public Builder directory(Path folder) {
      this.directory = folder;
      return this;
    }

    /**
     * Whether nothing may be downloaded. Default: whether the environment variable {@code
     * CSMOE_OFFLINE} is {@code 1} or {@code true}.
     *
     * @param only true to use cached files only
     * @return this
     */
    public Builder offline(boolean only) {
      this.offline = only;
      return this;
    }

    /**
     * The largest file to download. Default: 16 GiB.
     *
     * @param bytes positive
     * @return this
     * @throws IllegalArgumentException when not positive
     */
    public Builder maxBytes(long bytes) {
      if (bytes <= 0) {
        throw new IllegalArgumentException("maxBytes must be positive but was " + bytes);
      }
      this.maxBytes = bytes;
      return this;
    }

    /**
     * How long a server may take to accept a connection, and then to begin its answer. Default: 30
     * seconds. The transfer itself has no limit.
     *
     * @param limit positive
     * @return this
     * @throws IllegalArgumentException when not positive
     */
    public Builder timeout(Duration limit) {
      if (limit.isNegative() || limit.isZero()) {
        throw new IllegalArgumentException("timeout must be positive but was " + limit);
      }
      this.timeout = limit;
      return this;
    }

    /**
     * Who is told how far a download is. Default: nobody.
     *
     * @param listener called about once a mebibyte and at the end
     * @return this
     */
    public Builder progress(Progress listener) {
      this.progress = listener;
      return this;
    }

    /**
     * Makes the cache. No folder is made and nothing is downloaded yet.
     *
     * @return the cache
     */
    public WeightCache build() {
      Path folder = directory != null ? directory : defaultDirectory();
      boolean only =
          offline != null
              ? offline
              : variable("CSMOE_OFFLINE")
                  .filter(value -> value.equals("1") || value.equalsIgnoreCase("true"))
                  .isPresent();
      return new WeightCache(this, folder.toAbsolutePath().normalize(), only);
    }

    private Path defaultDirectory() {
      return variable("CSMOE_CACHE")
          .map(Path::of)
          .or(() -> variable("XDG_CACHE_HOME").map(Path::of).map(path -> path.resolve("csmoe")))
          .orElseGet(() -> Path.of(home, ".cache", "csmoe"));
    }

    private Optional<String> variable(String name) {
      return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }
  }
}
