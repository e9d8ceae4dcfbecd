package org.csmoe.sampling.patches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.csmoe.sampling.ProgressListener;
import org.csmoe.sensor.Sensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wherever a run is cut off, the next one ends with the bytes of an uninterrupted one. */
class PatchResumeTest {
  private static final int PER_SHARD = 5;

  private final Path folder;
  private final Path whole;
  private final Path out;
  private final CoreTiles tiles;
  private PatchSummary summary = new PatchSummary(0, Map.of(), 0, 0, Map.of(), 0);

  PatchResumeTest(@TempDir Path folder) {
    this.folder = folder;
    whole = folder.resolve("whole");
    out = folder.resolve("out");
    tiles = new CoreTiles(folder.resolve("core"));
  }

  @BeforeEach
  void cutWithoutInterruption() throws IOException {
    for (int i = 0; i < 5; i++) {
      Path product = tiles.s2("1U_%dR".formatted(i), 20, 16);
      float[] numbers = CoreTiles.numbers(20, 16);
      numbers[8 * 20 + 3] = i % 2 == 0 ? 0 : 1;
      CoreTiles.write(product.resolve("B02.tif"), 20, 10, numbers);
      Files.createDirectory(product.resolveSibling("z-further"));
    }
    Path damaged = tiles.s2("1U_5R", 8, 8).resolve("B02.tif");
    Files.write(damaged, new byte[] {'I', 'I', 42, 0});
    tiles.s2("1U_6R", 8, 8);
    Path last = tiles.s2("1U_7R", 8, 8).resolve("B02.tif");
    CoreTiles.write(last, 8, 10, new float[64]);
    summary = cutter(1).cut(whole, ProgressListener.NONE);
    // five tiles of 4, three of them with one less, and one patch: 18 in shards of 5
    assertThat(summary.patches()).isEqualTo(18);
    assertThat(summary.shards()).isEqualTo(4);
    assertThat(summary.tilesDropped()).hasSize(2);
  }

  private PatchCutter cutter(long seed) {
    return PatchCutter.builder()
        .s2(tiles.archive(Sensor.SENTINEL2))
        .bands(CoreTiles.BANDS)
        .patchSize(8)
        .split(SplitRule.random(0.3))
        .seed(seed)
        .patchesPerShard(PER_SHARD)
        .build();
  }

  private void assertSameAsWhole(PatchSummary resumed) throws IOException {
    assertThat(resumed).isEqualTo(summary);
    assertThat(CoreTiles.contents(out)).isEqualTo(CoreTiles.contents(whole));
    assertThat(dropped(out)).isEqualTo(dropped(whole));
  }

  private static String dropped(Path folder) throws IOException {
    return PatchFolder.readJson(folder.resolve(PatchFolder.PROVENANCE)).at("/dropped").toString();
  }

  private void copyFirst(int files, List<String> order) throws IOException {
    Files.createDirectories(out);
    try (Stream<Path> old = Files.list(out)) {
      for (Path file : old.toList()) {
        Files.delete(file);
      }
    }
    for (String name : order.subList(0, files)) {
      Files.copy(whole.resolve(name), out.resolve(name));
    }
  }

  @Test
  void afterEveryCommitTheNextRunGoesOnToTheSameBytes() throws IOException {
    List<String> commits =
        Stream.of(
                Stream.of(PatchFolder.SETTINGS),
                Stream.of(0, 1, 2, 3).map(PatchFolder::shardName),
                Stream.of(PatchFolder.INDEX, PatchFolder.PROVENANCE))
            .flatMap(names -> names)
            .toList();
    for (int done = 0; done <= commits.size(); done++) {
      copyFirst(done, commits);
      // what a killed process leaves of the file it was writing
      String next = commits.get(Math.min(done, commits.size() - 1));
      Files.write(out.resolve("." + next + "." + UUID.randomUUID() + ".tmp"), new byte[99]);
      Files.write(out.resolve("." + next + "." + UUID.randomUUID() + ".part"), new byte[99]);
      Files.createFile(out.resolve(".lock"));
      assertSameAsWhole(cutter(1).cut(out, ProgressListener.NONE));
    }
  }

  @Test
  void anErrorAfterAnyTileLosesNothing() throws IOException {
    for (int tile = 1; tile <= 13; tile++) {
      copyFirst(0, List.of());
      int stop = tile;
      assertThatThrownBy(
              () ->
                  cutter(1)
                      .cut(
                          out,
                          (stage, done, total) -> {
                            if (done == stop) {
                              throw new IllegalStateException("power cut");
                            }
                          }))
          .hasMessage("power cut");
      assertSameAsWhole(cutter(1).cut(out, ProgressListener.NONE));
    }
  }

  @Test
  void manyInterruptionsInARowLoseNothing() throws IOException {
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 10; round++) {
      copyFirst(0, List.of());
      PatchSummary resumed = null;
      while (resumed == null) {
        try {
          resumed =
              cutter(1)
                  .cut(
                      out,
                      (stage, done, total) -> {
                        if (random.nextInt(6) == 0) {
                          throw new IllegalStateException("power cut");
                        }
                      });
        } catch (IllegalStateException e) {
          assertThat(e).hasMessage("power cut");
        }
      }
      assertSameAsWhole(resumed);
    }
  }

  @Test
  void aFinishedFolderIsNotCutAgain() throws IOException {
    Map<String, String> before = CoreTiles.contents(whole);
    assertThat(
            cutter(1).cut(whole, (stage, done, total) -> fail("cut again, though it was finished")))
        .isEqualTo(summary);
    assertThat(CoreTiles.contents(whole)).isEqualTo(before);
  }

  @Test
  void otherSettingsAreAnErrorThatNamesThem() {
    assertThatThrownBy(() -> cutter(2).cut(whole, ProgressListener.NONE))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("settings.json: found seed = 1, expected 2");
  }

  @Test
  void anArchiveThatHasChangedIsAnError() throws IOException {
    List<String> two =
        List.of(PatchFolder.SETTINGS, PatchFolder.shardName(0), PatchFolder.shardName(1));
    copyFirst(3, two);
    Path moved = folder.resolve("moved");
    Path first = folder.resolve("core/S2L2A/1U/1U_0R/S2A_1U_0R");
    Files.move(first, moved);
    assertThatThrownBy(() -> cutter(1).cut(out, ProgressListener.NONE))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("the archive has changed");
    Files.move(moved, first);
    // the tile that the second shard ends in
    Path cutThrough = folder.resolve("core/S2L2A/1U/1U_2R/S2A_1U_2R/B02.tif");
    byte[] bytes = Files.readAllBytes(cutThrough);
    Files.write(cutThrough, Arrays.copyOf(bytes, 20));
    assertThatThrownBy(() -> cutter(1).cut(out, ProgressListener.NONE))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("expected the tile as it was when its first patches were cut");
    Files.write(cutThrough, bytes);
    assertSameAsWhole(cutter(1).cut(out, ProgressListener.NONE));
  }

  @Test
  void tilesAddedAfterTheLastShardAreAnError() throws IOException {
    Files.delete(whole.resolve(PatchFolder.PROVENANCE));
    tiles.s2("2U_0R", 8, 8);
    assertThatThrownBy(() -> cutter(1).cut(whole, ProgressListener.NONE))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("found tile 2U_0R/S2A_2U_0R, expected no more tiles");
  }

  @Test
  void shardsThatAreMissingOrStrangeAreErrors() throws IOException {
    Files.delete(whole.resolve(PatchFolder.PROVENANCE));
    Path first = whole.resolve(PatchFolder.shardName(0));
    Files.move(first, folder.resolve("kept"));
    assertThatThrownBy(() -> cutter(1).cut(whole, ProgressListener.NONE))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("found 3 shards without shard-00000.safetensors");
    Files.move(folder.resolve("kept"), first);
    Path last = whole.resolve(PatchFolder.shardName(3));
    Files.write(last, new byte[] {2, 0, 0, 0, 0, 0, 0, 0, '{', '}'});
    assertThatThrownBy(() -> cutter(1).cut(whole, ProgressListener.NONE))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("shard-00003.safetensors: found a shard without state");
  }

  @Test
  void twoRunsDoNotWriteToOneFolder() throws IOException {
    copyFirst(0, List.of());
    try (FileChannel other =
            FileChannel.open(
                out.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        java.nio.channels.FileLock lock = other.lock()) {
      assertThat(lock.isValid()).isTrue();
      assertThatThrownBy(() -> cutter(1).cut(out, ProgressListener.NONE))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("another run");
    }
    assertSameAsWhole(cutter(1).cut(out, ProgressListener.NONE));
  }

  @Test
  void theSplitOfAPatchDoesNotDependOnWhatElseIsCut() {
    PatchCutter few =
        PatchCutter.builder()
            .s2(tiles.archive(Sensor.SENTINEL2))
            .bands(CoreTiles.BANDS)
            .patchSize(8)
            .split(SplitRule.random(0.3))
            .seed(1)
            .cells(List.of("1U_3R", "1U_1R"))
            .build();
    few.cut(out, ProgressListener.NONE);
    Map<String, Split> all = splits(whole);
    assertThat(all.values()).contains(Split.TRAIN, Split.VALIDATION);
    assertThat(all.entrySet()).containsAll(splits(out).entrySet());
  }

  private static Map<String, Split> splits(Path folder) {
    try (PatchShards shards = PatchShards.open(folder)) {
      Map<String, Split> splits = new TreeMap<>();
      for (int i = 0; i < shards.size(); i++) {
        splits.put(shards.describe(i).id(), shards.split(i));
        assertThat(shards.describe(i).split()).isEqualTo(shards.split(i));
      }
      return splits;
    }
  }
}
