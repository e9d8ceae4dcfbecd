package org.csmoe.sampling.patches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.csmoe.CsMoeException;
import org.csmoe.sampling.ProgressListener;
import org.csmoe.sensor.Sensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PatchShardsTest {
  private final Path out;
  private final CoreTiles tiles;

  PatchShardsTest(@TempDir Path folder) {
    out = folder.resolve("out");
    tiles = new CoreTiles(folder.resolve("core"));
  }

  @BeforeEach
  void cut() {
    // 10 patches in shards of 4
    tiles.s2("1U_0R", 80, 8);
    PatchCutter.builder()
        .s2(tiles.archive(Sensor.SENTINEL2))
        .bands(CoreTiles.BANDS)
        .patchSize(8)
        .split(SplitRule.random(0.5))
        .patchesPerShard(4)
        .build()
        .cut(out, ProgressListener.NONE);
  }

  @Test
  void patchesAreReadInAnyOrderIntoAnyPlaceOfAnArray() {
    try (PatchShards shards = PatchShards.open(out)) {
      assertThat(shards.size()).isEqualTo(10);
      assertThat(shards.patchSize()).isEqualTo(8);
      assertThat(shards.values(Sensor.SENTINEL2)).isEqualTo(128);
      float[] target = new float[130];
      for (int patch : new int[] {9, 0, 5, 4, 3}) {
        shards.read(patch, Sensor.SENTINEL2, target, 1);
        assertThat(target[1]).isEqualTo(CoreTiles.number(8 * patch, 0));
        assertThat(target[64]).isEqualTo(CoreTiles.number(8 * patch + 7, 7));
        assertThat(target[65]).isEqualTo(CoreTiles.number(4 * patch, 0));
      }
      assertThat(target[0]).isZero();
      assertThat(target[129]).isZero();
      assertThatThrownBy(() -> shards.read(10, Sensor.SENTINEL2, target, 0))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> shards.read(0, Sensor.SENTINEL2, target, 3))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> shards.describe(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void theTwoSplitsTogetherAreAllPatches() {
    try (PatchShards shards = PatchShards.open(out)) {
      int[] train = shards.indices(Split.TRAIN);
      int[] validation = shards.indices(Split.VALIDATION);
      assertThat(IntStream.concat(IntStream.of(train), IntStream.of(validation)).sorted())
          .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
      assertThat(validation).isNotEmpty();
      assertThat(IntStream.of(validation)).allMatch(i -> shards.split(i) == Split.VALIDATION);
      assertThat(train).isNotEmpty();
      assertThat(IntStream.of(train)).allMatch(i -> shards.split(i) == Split.TRAIN);
    }
  }

  @Test
  void severalThreadsReadTheSamePatches() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(4);
    try (PatchShards shards = PatchShards.open(out)) {
      List<Future<Integer>> wrong = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int offset = thread;
        wrong.add(
            executor.submit(
                () -> {
                  float[] target = new float[128];
                  int count = 0;
                  for (int i = 0; i < 1000; i++) {
                    int patch = (offset + 7 * i) % 10;
                    shards.read(patch, Sensor.SENTINEL2, target, 0);
                    count += target[0] == CoreTiles.number(8 * patch, 0) ? 0 : 1;
                    count += shards.describe(patch).column() == patch ? 0 : 1;
                  }
                  return count;
                }));
      }
      for (Future<Integer> count : wrong) {
        assertThat(count.get()).isZero();
      }
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void aFolderThatIsNoneOrNotFinishedSaysSo() throws IOException {
    assertThatThrownBy(() -> PatchShards.open(tiles.root()))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("found no settings.json");
    Files.delete(out.resolve(PatchFolder.INDEX));
    assertThatThrownBy(() -> PatchShards.open(out))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("cut again with the same settings");
  }

  @Test
  void damagedFilesAreNamed() throws IOException {
    Path index = out.resolve(PatchFolder.INDEX);
    List<String> lines = Files.readAllLines(index);
    Files.write(index, lines.subList(1, 10));
    assertOpenFails("line 1: found shard 0, position 1, expected 0, 0");
    Files.writeString(index, lines.get(0));
    assertOpenFails("line 1: found a line that is cut short");
    Files.writeString(index, lines.get(0) + "\nnonsense\n");
    assertOpenFails("line 2: found");
    Files.writeString(index, lines.get(0).replace("\"split\":\"", "\"split\":\"x") + "\n");
    assertOpenFails("split must be train or validation");
    Files.write(index, lines.subList(0, 9));
    try (PatchShards shards = PatchShards.open(out)) {
      assertThatThrownBy(() -> shards.read(8, Sensor.SENTINEL2, new float[128], 0))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("shard-00002.safetensors: found tensor")
          .hasMessageContaining("expected TensorInfo[name=s2, dtype=U16, shape=[1, 2, 8, 8]]");
    }
    Path settings = out.resolve(PatchFolder.SETTINGS);
    Files.writeString(settings, "{\"patchSize\": 8}");
    assertOpenFails("settings.json: found no settings of this version");
    Files.writeString(settings, "{");
    assertOpenFails("settings.json: found no JSON");
  }

  private void assertOpenFails(String message) {
    assertThatThrownBy(() -> PatchShards.open(out))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining(message);
  }
}
