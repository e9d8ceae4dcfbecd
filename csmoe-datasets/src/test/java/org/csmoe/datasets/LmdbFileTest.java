package org.csmoe.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.csmoe.CsMoeException;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files written by python-lmdb; see make_lmdb.py. */
class LmdbFileTest {
  private static final int KEYS = 2000;

  private final Path folder;

  LmdbFileTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static Path resource(String name) {
    try {
      return Path.of(Objects.requireNonNull(LmdbFileTest.class.getResource(name), name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String key(int i) {
    return "key-%05d".formatted(i * 7919L % 100_000);
  }

  /** What make_lmdb.py stores under a key. */
  private static byte[] value(String key, int size) {
    int sum = key.chars().sum();
    byte[] value = new byte[size];
    for (int i = 0; i < size; i++) {
      value[i] = (byte) ((sum + 31 * i) % 251);
    }
    return value;
  }

  private static Optional<byte[]> get(LmdbFile file, String key) {
    return file.get(bytes(key))
        .map(
            value -> {
              byte[] copy = new byte[value.remaining()];
              value.get(copy);
              return copy;
            });
  }

  private static List<String> keys(LmdbFile file) {
    List<String> keys = new ArrayList<>();
    file.forEachKey(key -> keys.add(new String(key, StandardCharsets.US_ASCII)));
    return keys;
  }

  @Test
  void everyKeyIsFoundThroughBranchPagesAndDeletedOnesAreNot() {
    try (LmdbFile file = LmdbFile.open(resource("branches.mdb"))) {
      List<String> expected =
          IntStream.range(0, KEYS)
              .filter(i -> i % 3 != 0)
              .mapToObj(LmdbFileTest::key)
              .sorted()
              .toList();
      assertThat(file.size()).isEqualTo(expected.size());
      assertThat(keys(file)).isEqualTo(expected);
      for (int i = 0; i < KEYS; i++) {
        Optional<byte[]> found = get(file, key(i));
        if (i % 3 == 0) {
          assertThat(found).isEmpty();
        } else {
          assertThat(found.orElseThrow()).isEqualTo(value(key(i), i % 5));
        }
      }
      for (String absent : List.of("", "a", "key-", "key-000000", "z".repeat(600))) {
        assertThat(get(file, absent)).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, 100, 1900, 2000, 2020, 2030, 2040, 2100, 4070, 4080, 4090, 9000, 40_000})
  void valuesInAPageAndBeyondOneAreReadWhole(int size) {
    try (LmdbFile file = LmdbFile.open(resource("values.mdb"))) {
      String key = "size-" + size;
      assertThat(get(file, key).orElseThrow()).isEqualTo(value(key, size));
    }
  }

  @Test
  void anEmptyDatabaseHasNoKeys() {
    try (LmdbFile file = LmdbFile.open(resource("empty.mdb"))) {
      assertThat(file.size()).isZero();
      assertThat(keys(file)).isEmpty();
      assertThat(get(file, "k")).isEmpty();
    }
  }

  @Test
  void aFolderIsOpenedByItsDataFile() throws IOException {
    Files.copy(resource("values.mdb"), folder.resolve("data.mdb"));
    try (LmdbFile file = LmdbFile.open(folder)) {
      assertThat(file.size()).isEqualTo(14);
    }
  }

  @Test
  void duplicatesAndNamedDatabasesAreRefused() throws IOException {
    // MDB_DUPSORT in the description of the unnamed database, in both meta pages.
    byte[] bytes = Files.readAllBytes(resource("values.mdb"));
    bytes[92] = 4;
    bytes[4096 + 92] = 4;
    Path duplicates = Files.write(folder.resolve("dupsort.mdb"), bytes);
    assertThatThrownBy(() -> LmdbFile.open(duplicates))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("flags 0x4");
    try (LmdbFile file = LmdbFile.open(resource("named.mdb"))) {
      assertThat(keys(file)).containsExactly("inner");
      assertThatThrownBy(() -> get(file, "inner"))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("named database");
    }
  }

  private Path changed(String name, int offset, int... values) throws IOException {
    byte[] bytes = Files.readAllBytes(resource(name));
    for (int i = 0; i < values.length; i++) {
      bytes[offset + i] = (byte) values[i];
    }
    return Files.write(folder.resolve("changed.mdb"), bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "16, 0, no LMDB",
    "20, 2, format version 2",
    "10, 2, page flags 2",
    "40, 1, page size",
    "4112, 0, no LMDB"
  })
  void filesOfOtherFormatsAreRefused(int offset, int value, String message) throws IOException {
    Path file = changed("values.mdb", offset, value);
    assertThatThrownBy(() -> LmdbFile.open(file))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("changed.mdb")
        .hasMessageContaining(message);
  }

  @Test
  void aFileOfTheOtherByteOrderIsNamedSo() throws IOException {
    Path file = changed("values.mdb", 16, 0xBE, 0xEF, 0xC0, 0xDE);
    assertThatThrownBy(() -> LmdbFile.open(file)).hasMessageContaining("big-endian");
  }

  @Test
  void aTreeThatPointsAtItselfEnds() throws IOException {
    byte[] bytes = Files.readAllBytes(resource("branches.mdb"));
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int meta = buffer.getLong(4096 + 144) > buffer.getLong(144) ? 4096 : 0;
    int root = Math.toIntExact(buffer.getLong(meta + 128));
    int page = root * 4096;
    assertThat(buffer.getShort(page + 10)).as("kind").isEqualTo((short) 1);
    int count = (buffer.getShort(page + 12) - 16) / 2;
    for (int i = 0; i < count; i++) {
      buffer.putInt(page + buffer.getShort(page + 16 + 2 * i), root);
    }
    // Depth 30: without a limit on pages this would visit count^30 of them.
    buffer.putShort(meta + 16 + 24 + 48 + 6, (short) 30);
    Path file = Files.write(folder.resolve("loop.mdb"), bytes);
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          try (LmdbFile lmdb = LmdbFile.open(file)) {
            assertThatThrownBy(() -> keys(lmdb))
                .isInstanceOf(CsMoeException.class)
                .hasMessageContaining("more pages than the file");
            assertThatThrownBy(() -> get(lmdb, "key-00001")).isInstanceOf(CsMoeException.class);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"branches.mdb", "values.mdb"})
  void damagedFilesEndInAnExceptionOfOursOrInValues(String name) throws IOException {
    byte[] good = Files.readAllBytes(resource(name));
    SplittableRandom random = new SplittableRandom(7);
    Path file = folder.resolve("fuzz.mdb");
    int refused = 0;
    for (int round = 0; round < 400; round++) {
      byte[] bad = good.clone();
      for (int flips = random.nextInt(1, 20); flips > 0; flips--) {
        // Headers of pages and nodes are at the beginning and the end of pages.
        int page = random.nextInt(bad.length / 4096) * 4096;
        int within = random.nextBoolean() ? random.nextInt(64) : random.nextInt(4096);
        bad[page + within] = (byte) random.nextInt(256);
      }
      int length = round % 8 == 0 ? random.nextInt(bad.length) : bad.length;
      Files.write(file, Arrays.copyOf(bad, length));
      refused += readAll(file) ? 0 : 1;
    }
    assertThat(refused).isGreaterThan(50);
  }

  private static boolean readAll(Path path) {
    return Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          try (LmdbFile file = LmdbFile.open(path)) {
            for (String key : keys(file)) {
              get(file, key);
            }
            return true;
          } catch (CsMoeException e) {
            return false;
          }
        });
  }
}
