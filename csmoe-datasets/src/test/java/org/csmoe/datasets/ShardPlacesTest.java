package org.csmoe.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.csmoe.CsMoeException;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.sampling.ProgressListener;
import org.csmoe.sampling.patches.PatchCutter;
import org.csmoe.sampling.patches.PatchShards;
import org.csmoe.sampling.patches.Split;
import org.csmoe.sampling.patches.SplitRule;
import org.csmoe.sampling.patches.TileArchive;
import org.csmoe.sensor.Sensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardPlacesTest {
  private final Path folder;

  ShardPlacesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void patchesOfASplitAreSamplesWithTheirValues() throws IOException {
    Path core = folder.resolve("core");
    TestImages.bandFiles(core.resolve("1U/1U_0R/S2A_1"), "", Sensor.SENTINEL2, 16);
    Path shards = folder.resolve("shards");
    PatchCutter.builder()
        .s2(TileArchive.folder(core, Sensor.SENTINEL2))
        .patchSize(4)
        .split(SplitRule.random(0.5))
        .build()
        .cut(shards, ProgressListener.NONE);
    assertThat(Layout.of(shards)).isEqualTo(Layout.PATCH_SHARDS);
    try (PatchShards expected = PatchShards.open(shards);
        Dataset all = Datasets.open(shards);
        Dataset train = Datasets.builder(shards).split(DatasetSplit.TRAIN).open();
        Dataset validation = Datasets.builder(shards).split(DatasetSplit.VALIDATION).open()) {
      assertThat(all.size()).isEqualTo(16);
      int[] indices = expected.indices(Split.TRAIN);
      assertThat(train.size()).isEqualTo(indices.length);
      assertThat(train.size() + validation.size()).isEqualTo(16);
      for (int i = 0; i < indices.length; i++) {
        Sample sample = train.get(i);
        assertThat(sample.id()).isEqualTo(expected.describe(indices[i]).id());
        assertThat(sample.images()).containsOnlyKeys(Sensor.SENTINEL2);
        float[] values = new float[expected.values(Sensor.SENTINEL2)];
        expected.read(indices[i], Sensor.SENTINEL2, values, 0);
        assertThat(sample.image(Sensor.SENTINEL2).data()).isEqualTo(values);
      }
    }
    assertThatThrownBy(() -> Datasets.builder(shards).onlySensor(Sensor.SENTINEL1).open())
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("no patches of [SENTINEL1]");
    Files.delete(shards.resolve("index.jsonl"));
    assertThatThrownBy(() -> Datasets.open(shards))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("interrupted");
  }
}
