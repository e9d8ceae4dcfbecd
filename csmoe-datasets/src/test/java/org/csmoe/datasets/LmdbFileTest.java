package org.csmoe.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    try (LmdbFile file = LmdbFile.open(TestData.resource("branches.mdb"))) {
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
    try (LmdbFile file = LmdbFile.open(TestData.resource("values.mdb"))) {
      String key = "size-" + size;
      assertThat(get(file, key).orElseThrow()).isEqualTo(value(key, size));
    }
  }

  @Test
  void anEmptyDatabaseHasNoKeys() {
    try (LmdbFile file = LmdbFile.open(TestData.resource("empty.mdb"))) {
      assertThat(file.size()).isZero();
      assertThat(keys(file)).isEmpty();
      assertThat(get(file, "k")).isEmpty();
    }
  }

  @Test
  void aFolderIsOpenedByItsDataFile() throws IOException {
    Files.copy(TestData.resource("values.mdb"), folder.resolve("data.mdb"));
    try (LmdbFile file = LmdbFile.open(folder)) {
      assertThat(file.size()).isEqualTo(14);
    }
  }

  @Test
  void duplicatesAndNamedDatabasesAreRefused() throws IOException {
    // MDB_DUPSORT in the description of the unnamed database, in both meta pages.
    byte[] bytes = Files.readAllBytes(TestData.resource("values.mdb"));
    bytes[92] = 4;
    bytes[4096 + 92] = 4;
    Path duplicates = Files.write(folder.resolve("dupsort.mdb"), bytes);
    assertThatThrownBy(() -> LmdbFile.open(duplicates))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("flags 0x4");
    try (LmdbFile file = LmdbFile.open(TestData.resource("named.mdb"))) {
      assertThat(keys(file)).containsExactly("inner");
      assertThatThrownBy(() -> get(file, "inner"))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("named database");
    }
  }

  private Path changed(String name, int offset, int... values) throws IOException {
    byte[] bytes = Files.readAllBytes(TestData.resource(name));
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

  /**
   * A tree of depth 30 whose branches have two ways to the same page below: 2^29 ways to the leaf.
   */
  private static byte[] diamonds() {
    int size = 256;
    ByteBuffer file = ByteBuffer.allocate(32 * size).order(ByteOrder.LITTLE_ENDIAN);
    for (int page = 0; page < 32; page++) {
      int at = page * size;
      file.putLong(at, page).putShort(at + 10, (short) (page < 2 ? 8 : page < 31 ? 1 : 2));
      if (page < 2) {
        file.putInt(at + 16, 0xBEEFC0DE).putInt(at + 20, 1).putInt(at + 40, size);
        file.putShort(at + 94, (short) 30).putLong(at + 120, 1L << 29).putLong(at + 128, 2);
        file.putLong(at + 136, 31).putLong(at + 144, page);
      } else {
        file.putShort(at + 12, (short) 20).putShort(at + 14, (short) 100);
        for (int node = 0; node < 2; node++) {
          int start = 100 + 16 * node;
          file.putShort(at + 16 + 2 * node, (short) start);
          file.putInt(at + start, page < 31 ? page + 1 : 0);
          file.putShort(at + start + 6, (short) 1).put(at + start + 8, (byte) ('a' + node));
        }
      }
    }
    return file.array();
  }

  @Test
  void aTreeWithMoreWaysThanPagesEnds() throws IOException {
    Path file = Files.write(folder.resolve("diamonds.mdb"), diamonds());
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          try (LmdbFile lmdb = LmdbFile.open(file)) {
            assertThat(get(lmdb, "b")).hasValue(new byte[0]);
            assertThatThrownBy(() -> keys(lmdb))
                .isInstanceOf(CsMoeException.class)
                .hasMessageContaining("more pages than the file");
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"branches.mdb", "values.mdb"})
  void damagedFilesEndInAnExceptionOfOursOrInValues(String name) throws IOException {
    byte[] good = Files.readAllBytes(TestData.resource(name));
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
