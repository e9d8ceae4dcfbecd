package org.csmoe.sampling.patches;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.csmoe.CsMoeException;
import org.csmoe.io.Failures;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.weights.Checkpoint;
import org.csmoe.weights.TensorInfo;
import org.jspecify.annotations.Nullable;

/**
 * The patches that a {@link PatchCutter} made, by index from 0 in any order. Shards are mapped into
 * memory when a patch of them is first read, and the operating system keeps what it has room for;
 * the heap holds eight bytes per patch. Mapped shards must not be changed or cut short.
 *
 * <p>{@link #read} copies into the caller's array and allocates nothing. Sentinel-2 comes as
 * reflectance x 10^4, Sentinel-1 in decibels, as stored, not normalised; NaN is no data, which
 * occurs only when the cutter was allowed to keep it.
 *
 * <p>Safe for use by several threads. Whoever opens one closes it. As with any file channel,
 * interrupting a thread inside {@link #describe} closes the index.
 *
 * <pre>{@code
 * try (PatchShards shards = PatchShards.open(Path.of("patches"))) {
 *   float[] s2 = new float[shards.values(Sensor.SENTINEL2)];
 *   for (int index : shards.indices(Split.TRAIN)) {
 *     shards.read(index, Sensor.SENTINEL2, s2, 0);
 *   }
 * }
 * }</pre>
 */
public final class PatchShards implements AutoCloseable {
  private final Path folder;
  private final int patchSize;
  private final int patchesPerShard;
  private final Map<Sensor, List<Band>> bands;
  private final FileChannel index;
  private final long[] lineStarts;
  private final BitSet validation = new BitSet();
  private final AtomicReferenceArray<@Nullable Shard> shards;

  /** The mapped tensors of one shard; buffers are read by position only, by any thread. */
  private record Shard(@Nullable ShortBuffer s2, @Nullable FloatBuffer s1) {}

  private PatchShards(Path folder, JsonNode settings, FileChannel index) throws IOException {
    this.folder = folder;
    this.index = index;
    patchSize = settings.required("patchSize").asInt();
    patchesPerShard = settings.required("patchesPerShard").asInt();
    Map<Sensor, List<Band>> found = new EnumMap<>(Sensor.class);
    for (Sensor sensor : Sensor.values()) {
      List<Band> list = new ArrayList<>();
      settings
          .path(sensor.shortName() + "Bands")
          .forEach(name -> list.add(Band.valueOf(name.asText())));
      if (!list.isEmpty()) {
        found.put(sensor, List.copyOf(list));
      }
    }
    bands = Collections.unmodifiableMap(found);
    if (patchSize < 1 || patchesPerShard < 1 || bands.isEmpty()) {
      throw new IllegalArgumentException("patchSize, patchesPerShard or bands are missing");
    }
    lineStarts = readIndex();
    shards =
        new AtomicReferenceArray<>((int) ((size() + (patchesPerShard - 1L)) / patchesPerShard));
  }

  /**
   * Opens a folder of patches and reads its index once.
   *
   * @param folder what {@link PatchCutter#cut} wrote
   * @return the patches; the caller closes them
   * @throws CsMoeException when the folder is none of patches, or not finished, or damaged
   * @throws UncheckedIOException when a file cannot be read
   */
  public static PatchShards open(Path folder) {
    Path settings = folder.resolve(PatchFolder.SETTINGS);
    Path index = folder.resolve(PatchFolder.INDEX);
    if (!Files.exists(settings)) {
      throw new CsMoeException(
          "%s: found no %s, expected a folder that patches were cut into"
              .formatted(folder, PatchFolder.SETTINGS));
    }
    if (!Files.exists(index)) {
      throw new CsMoeException(
          "%s: found no %s, so cutting was interrupted; cut again with the same settings to finish it"
              .formatted(folder, PatchFolder.INDEX));
    }
    try {
      FileChannel channel = FileChannel.open(index, StandardOpenOption.READ);
      try {
        return new PatchShards(folder, PatchFolder.readJson(settings), channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IllegalArgumentException e) {
      throw new CsMoeException(
          settings + ": found no settings of this version: " + e.getMessage(), e);
    } catch (IOException e) {
      throw Failures.of(folder, "cannot be read", e);
    }
  }

  /** Notes where lines start and what is for validation, and checks that places follow in order. */
  private long[] readIndex() throws IOException {
    long[] starts = new long[1024];
    int count = 0;
    long position = 0;
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try (InputStream stream =
        new BufferedInputStream(Files.newInputStream(folder.resolve(PatchFolder.INDEX)), 1 << 16)) {
      for (int next = stream.read(); next >= 0; next = stream.read()) {
        position++;
        if (next != '\n') {
          line.write(next);
          continue;
        }
        Patch patch = parse(line.toByteArray(), count);
        if (patch.shard() != count / patchesPerShard
            || patch.position() != count % patchesPerShard) {
          throw malformed(
              count,
              "shard %d, position %d".formatted(patch.shard(), patch.position()),
              "%d, %d".formatted(count / patchesPerShard, count % patchesPerShard));
        }
        validation.set(count, patch.split() == Split.VALIDATION);
        count++;
        if (count == starts.length) {
          starts = Arrays.copyOf(starts, Math.multiplyExact(2, count));
        }
        starts[count] = position;
        line.reset();
      }
    }
    if (line.size() > 0) {
      throw malformed(count, "a line that is cut short", "a line end");
    }
    return Arrays.copyOf(starts, count + 1);
  }

  private Patch parse(byte[] line, int number) {
    try {
      return Patch.fromJson(Patch.JSON.readTree(new String(line, StandardCharsets.UTF_8)));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw malformed(number, e.getMessage(), "the fields of a patch");
    }
  }

  private CsMoeException malformed(int line, @Nullable String found, String expected) {
    return new CsMoeException(
        "%s line %d: found %s, expected %s"
            .formatted(folder.resolve(PatchFolder.INDEX), line + 1, found, expected));
  }

  /**
   * How many patches there are.
   *
   * @return train and validation together
   */
  public int size() {
    return lineStarts.length - 1;
  }

  /**
   * Height and width of every patch.
   *
   * @return pixels of 10 m
   */
  public int patchSize() {
    return patchSize;
  }

  /**
   * The bands of a sensor, in the order of the values.
   *
   * @param sensor the sensor
   * @return an immutable list; empty when the patches do not have the sensor
   */
  public List<Band> bands(Sensor sensor) {
    return bands.getOrDefault(sensor, List.of());
  }

  /**
   * How many values a patch of a sensor has.
   *
   * @param sensor the sensor
   * @return bands x height x width; 0 when the patches do not have the sensor
   */
  public int values(Sensor sensor) {
    return bands(sensor).size() * patchSize * patchSize;
  }

  /**
   * The patches of one split.
   *
   * @param split train or validation
   * @return their indices, ascending; the caller's to shuffle
   */
  public int[] indices(Split split) {
    return split == Split.VALIDATION
        ? validation.stream().toArray()
        : IntStream.range(0, size()).filter(i -> !validation.get(i)).toArray();
  }

  /**
   * What a patch is for.
   *
   * @param patch its index
   * @return train or validation
   * @throws IndexOutOfBoundsException when there is no such patch
   */
  public Split split(int patch) {
    Objects.checkIndex(patch, size());
    return validation.get(patch) ? Split.VALIDATION : Split.TRAIN;
  }

  /**
   * Where a patch comes from; read from the index file.
   *
   * @param patch its index
   * @return its description
   * @throws IndexOutOfBoundsException when there is no such patch
   * @throws CsMoeException when the index has changed
   * @throws UncheckedIOException when the index cannot be read
   */
  public Patch describe(int patch) {
    Objects.checkIndex(patch, size());
    int length = (int) (lineStarts[patch + 1] - 1 - lineStarts[patch]);
    ByteBuffer line = ByteBuffer.allocate(length);
    try {
      while (line.hasRemaining()) {
        if (index.read(line, lineStarts[patch] + line.position()) < 0) {
          throw new EOFException("the index became shorter");
        }
      }
    } catch (IOException e) {
      throw Failures.of(folder.resolve(PatchFolder.INDEX), "cannot be read", e);
    }
    return parse(line.array(), patch);
  }

  /**
   * Reads a patch.
   *
   * @param patch its index
   * @param sensor a sensor that the patches have
   * @param target receives {@code [bands, height, width]}
   * @param offset where the first value goes
   * @throws IndexOutOfBoundsException when there is no such patch or the target is too short
   * @throws IllegalArgumentException when the patches do not have the sensor
   * @throws CsMoeException when the shard is damaged
   * @throws UncheckedIOException when the shard cannot be read
   */
  public void read(int patch, Sensor sensor, float[] target, int offset) {
    Objects.checkIndex(patch, size());
    int count = values(sensor);
    if (count == 0) {
      throw new IllegalArgumentException(
          "%s: sensor must be one of %s but was %s".formatted(folder, bands.keySet(), sensor));
    }
    Objects.checkFromIndexSize(offset, count, target.length);
    Shard shard = shard(patch / patchesPerShard);
    int from = patch % patchesPerShard * count;
    if (sensor == Sensor.SENTINEL2) {
      ShortBuffer s2 = Objects.requireNonNull(shard.s2());
      for (int i = 0; i < count; i++) {
        int value = s2.get(from + i) & 0xFFFF;
        target[offset + i] = value == 0 ? Float.NaN : value;
      }
    } else {
      FloatBuffer s1 = Objects.requireNonNull(shard.s1());
      s1.get(from, target, offset, count);
    }
  }

  private Shard shard(int number) {
    Shard shard = shards.get(number);
    if (shard == null) {
      // Two threads may map the same shard; the second mapping is harmless and soon garbage.
      shard = map(number);
      shards.set(number, shard);
    }
    return shard;
  }

  private Shard map(int number) {
    Path path = folder.resolve(PatchFolder.shardName(number));
    int patches = Math.min(patchesPerShard, size() - number * patchesPerShard);
    try (Checkpoint file = Checkpoint.open(path)) {
      ByteBuffer s2 = tensor(path, file, Sensor.SENTINEL2, patches);
      ByteBuffer s1 = tensor(path, file, Sensor.SENTINEL1, patches);
      return new Shard(
          s2 == null ? null : s2.asShortBuffer(), s1 == null ? null : s1.asFloatBuffer());
    } catch (IOException e) {
      throw Failures.of(path, "cannot be read", e);
    }
  }

  private @Nullable ByteBuffer tensor(Path path, Checkpoint file, Sensor sensor, int patches)
      throws IOException {
    if (bands(sensor).isEmpty()) {
      return null;
    }
    long edge = patchSize;
    TensorInfo expected =
        new TensorInfo(
            sensor.shortName(),
            ShardBuffer.type(sensor),
            List.of((long) patches, (long) bands(sensor).size(), edge, edge));
    TensorInfo found = file.tensors().get(expected.name());
    if (!expected.equals(found)) {
      throw new CsMoeException("%s: found tensor %s, expected %s".formatted(path, found, expected));
    }
    return file.bytes(expected.name());
  }

  /** Closes the index; mapped shards go when they are garbage. */
  @Override
  public void close() {
    try {
      index.close();
    } catch (IOException e) {
      throw Failures.of(folder, "cannot be closed", e);
    }
  }
}
