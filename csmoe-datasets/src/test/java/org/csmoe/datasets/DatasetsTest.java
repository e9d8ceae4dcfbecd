package org.csmoe.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.csmoe.BandMismatchException;
import org.csmoe.CsMoeException;
import org.csmoe.RasterFormatException;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.raster.BandOrder;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetsTest {
  private final Path folder;

  DatasetsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static List<String> ids(Dataset dataset) {
    return IntStream.range(0, dataset.size()).mapToObj(i -> dataset.get(i).id()).toList();
  }

  private void refuses(Class<? extends Throwable> type, String... parts) {
    assertThatThrownBy(() -> Datasets.open(folder).get(0))
        .isInstanceOf(type)
        .hasMessageContainingAll(parts);
  }

  @Test
  void imagesAreGivenWholeUnlessAPatchSizeIsSet() {
    TestImages.terraMesh(folder, "b", 9, 7);
    TestImages.terraMesh(folder, "a", 9, 7);
    try (Dataset dataset = Datasets.open(folder)) {
      assertThat(ids(dataset)).containsExactly("a", "b");
      Sample sample = dataset.get(0);
      assertThat(sample.target()).isEqualTo(Target.none());
      assertThat(dataset.classes()).isEmpty();
      SensorImage s2 = sample.image(Sensor.SENTINEL2);
      assertThat(s2.bands()).isEqualTo(Sensor.SENTINEL2.defaultBands());
      assertThat(s2.data()[s2.offset(Band.B8A) + 9 * 3 + 5]).isEqualTo(TestImages.value(8, 5, 3));
      SensorImage s1 = sample.image(Sensor.SENTINEL1);
      assertThat(s1.bands()).containsExactly(Band.VV, Band.VH);
      assertThat(s1.data()[s1.offset(Band.VH)]).isEqualTo(TestImages.value(1, 0, 0));
      assertThatThrownBy(() -> dataset.get(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void patchesFollowRowByRowAndWhatIsLeftOverIsNotUsed() {
    TestImages.terraMesh(folder, "a", 9, 7);
    try (Dataset dataset = Datasets.builder(folder).patchSize(3).open()) {
      assertThat(ids(dataset))
          .containsExactly("a_0_0", "a_0_1", "a_0_2", "a_1_0", "a_1_1", "a_1_2");
      SensorImage s2 = dataset.get(5).image(Sensor.SENTINEL2);
      assertThat(s2.width()).isEqualTo(3);
      assertThat(Arrays.copyOfRange(s2.data(), s2.offset(Band.B03), s2.offset(Band.B03) + 4))
          .containsExactly(
              TestImages.value(2, 6, 3),
              TestImages.value(2, 7, 3),
              TestImages.value(2, 8, 3),
              TestImages.value(2, 6, 4));
      assertThatThrownBy(() -> dataset.get(6)).isInstanceOf(IndexOutOfBoundsException.class);
    }
    try (Dataset dataset = Datasets.builder(folder).patchSize(3).stride(2).open()) {
      assertThat(dataset.size()).isEqualTo(4 * 3);
      SensorImage s1 = dataset.get(7).image(Sensor.SENTINEL1);
      assertThat(s1.data()[0]).isEqualTo(TestImages.value(0, 6, 2));
    }
  }

  @Test
  void squaresOfAPartLieWhollyInItAndPartsShareNoPixel() {
    TestImages.terraMesh(folder, "a", 9, 3);
    TestImages.terraMesh(folder, "b", 6, 3);
    try (Dataset left = Datasets.builder(folder).patchSize(3).stride(1).columns(0, 0.6).open();
        Dataset right = Datasets.builder(folder).patchSize(3).stride(1).columns(0.6, 1).open()) {
      // 5.4 of 9 columns and 3.6 of 6, so the last square of the left begins at 2 and at 0.
      assertThat(ids(left)).containsExactly("a_0_0", "a_0_1", "a_0_2", "b_0_0");
      assertThat(ids(right)).containsExactly("a_0_6");
    }
    assertThatThrownBy(() -> Datasets.builder(folder).patchSize(3).columns(0.1, 0.3).open())
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("no patch of 3 x 3 pixels in columns 0.1 to 0.3");
    assertThatThrownBy(() -> Datasets.builder(folder).columns(0.5, 0.5))
        .hasMessage("columns must be shares with 0 <= from < to <= 1 but were 0.5 to 0.5");
    assertThatThrownBy(() -> Datasets.builder(folder).columns(0, 0.5).open())
        .hasMessageContaining("columns need patchSize");
  }

  @Test
  void patchesWithAMissingPixelOfEitherSensorAreLeftOutUnlessKept() {
    TestImages.terraMesh(folder, "a", 6, 3);
    float[] values = TestImages.values(2, 6, 3);
    values[18 + 6 + 1] = Float.NaN;
    TestImages.write(TestImages.s1(folder, "a"), 2, 6, 3, TestImages.LEFT, values);
    try (Dataset dataset = Datasets.builder(folder).patchSize(3).open()) {
      assertThat(ids(dataset)).containsExactly("a_0_1");
    }
    try (Dataset dataset =
        Datasets.builder(folder).patchSize(3).onlySensor(Sensor.SENTINEL2).open()) {
      assertThat(dataset.size()).isEqualTo(2);
    }
    try (Dataset dataset = Datasets.builder(folder).patchSize(3).keepNoData(true).open()) {
      assertThat(dataset.get(0).image(Sensor.SENTINEL1).data()[9 + 3 + 1]).isNaN();
    }
    assertThatThrownBy(() -> Datasets.builder(folder).patchSize(4).open())
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("no patch of 4 x 4")
        .hasMessageContaining("first of 6 x 3");
  }

  @Test
  void aMissingTwinIsNamed() throws IOException {
    TestImages.terraMesh(folder, "a", 4, 4);
    TestImages.terraMesh(folder, "b", 4, 4);
    Files.delete(TestImages.s1(folder, "b"));
    refuses(CsMoeException.class, "b.tif", "twin", "onlySensor");
    try (Dataset dataset = Datasets.builder(folder).onlySensor(Sensor.SENTINEL2).open()) {
      assertThat(dataset.get(1).images()).containsOnlyKeys(Sensor.SENTINEL2);
    }
  }

  @Test
  void sizesBandsAndPlacesThatDoNotFitAreNamed() {
    TestImages.terraMesh(folder, "a", 4, 4);
    TestImages.write(TestImages.s1(folder, "a"), 2, 5, 4);
    refuses(RasterFormatException.class, "a: found grids", "5 x 4", "4 x 4");
    TestImages.write(
        TestImages.s1(folder, "a"), 2, 4, 4, TestImages.LEFT + 6, TestImages.values(2, 4, 4));
    refuses(RasterFormatException.class, "a: found grids");
    TestImages.write(TestImages.s1(folder, "a"), 3, 4, 4);
    refuses(BandMismatchException.class, "found 3 bands", "bandOrder");
  }

  @Test
  void aTruncatedFileIsNamed() throws IOException {
    TestImages.terraMesh(folder, "a", 4, 4);
    Path file = TestImages.s2(folder, "a");
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 60));
    refuses(RasterFormatException.class, file.toString());
  }

  @Test
  void anUnknownLayoutListsWhatIsKnownAndWhatWasFound() throws IOException {
    Files.createDirectories(folder.resolve("pictures"));
    Files.writeString(folder.resolve("notes.txt"), "");
    refuses(CsMoeException.class, "[pictures]", "[notes.txt]", "TERRAMESH: ", "EUROSAT_MS: ");
    assertThatThrownBy(() -> Layout.of(folder.resolve("none")))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("found nothing");
  }

  @Test
  void optionsThatDoNotFitAreRefused() {
    TestImages.terraMesh(folder, "a", 4, 4);
    DatasetBuilder builder = Datasets.builder(folder);
    assertThatThrownBy(() -> builder.patchSize(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("patchSize must be at least 1 but was 0");
    assertThatThrownBy(() -> builder.stride(2).open())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("patchSize");
    assertThatThrownBy(() -> builder.stride(3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("stride was already set to 2");
    assertThatThrownBy(() -> Datasets.builder(folder).subset(BigEarthNetSubset.ALL).open())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("TERRAMESH");
    assertThatThrownBy(() -> Datasets.builder(folder).split(DatasetSplit.TEST).open())
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("no sample of split TEST");
  }

  @Test
  void severalThreadsReadWhatOneReads() {
    TestImages.terraMesh(folder, "a", 12, 12);
    TestImages.terraMesh(folder, "b", 12, 12);
    try (Dataset dataset = Datasets.builder(folder).patchSize(4).open()) {
      List<float[]> alone = IntStream.range(0, 18).mapToObj(i -> data(dataset.get(i))).toList();
      List<float[]> together =
          IntStream.range(0, 18 * 20).parallel().mapToObj(i -> data(dataset.get(i % 18))).toList();
      for (int i = 0; i < together.size(); i++) {
        assertThat(together.get(i)).isEqualTo(alone.get(i % 18));
      }
    }
  }

  private static float[] data(Sample sample) {
    return sample.image(Sensor.SENTINEL2).data();
  }

  @Test
  void datasetsFollowOneAnotherAndEmptyOnesArePassedOver() {
    SensorImage image = SensorImage.of(Sensor.SENTINEL1, List.of(Band.VV), 1, 1, new float[] {1});
    List<Sample> samples =
        IntStream.range(0, 3)
            .mapToObj(i -> new Sample("s" + i, Map.of(Sensor.SENTINEL1, image), Target.classes(0)))
            .toList();
    Dataset three = Dataset.of(List.of("x"), samples);
    Dataset none = Dataset.of(List.of("x"), List.of());
    Dataset all = Datasets.concat(List.of(none, three, none, none, three.subset(2), none));
    assertThat(ids(all)).containsExactly("s0", "s1", "s2", "s2");
    assertThat(all.classes()).containsExactly("x");
    assertThatThrownBy(() -> all.get(4)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Datasets.concat(List.of(three, Dataset.of(List.of("y"), List.of()))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[x] and [y]");
    assertThatThrownBy(() -> Datasets.concat(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void scenesOfSsl4EoArePairedInTheOrderOfTime() {
    Path s1 = folder.resolve("s1/0000001");
    Path s2 = folder.resolve("s2a/0000001");
    String[] radar = {"S1B_IW_GRDH_1SDV_20200101T010101_x", "S1A_IW_GRDH_1SDV_20200701T010101_x"};
    for (String scene : radar) {
      TestImages.bandFiles(s1.resolve(scene), "", Sensor.SENTINEL1, 4);
    }
    TestImages.bandFiles(
        s2.resolve("20200601T054639_20200604T054831_T43RCP"), "", Sensor.SENTINEL2, 4);
    refuses(CsMoeException.class, "[2, 1] scenes of place 0000001");
    TestImages.bandFiles(
        s2.resolve("20200102T054639_20200604T054831_T43RCP"), "", Sensor.SENTINEL2, 4);
    TestImages.write(
        s1.resolve(radar[0]).resolve("VV.tif"), 1, 4, 4, TestImages.LEFT + 40, new float[16]);
    TestImages.write(
        s1.resolve(radar[0]).resolve("VH.tif"), 1, 4, 4, TestImages.LEFT + 40, new float[16]);
    try (Dataset dataset = Datasets.open(folder)) {
      assertThat(ids(dataset)).containsExactly("0000001_0", "0000001_1");
      // The January scene is Sentinel-1B's, whose name would be sorted last; 4 pixels are allowed.
      assertThat(dataset.get(0).image(Sensor.SENTINEL1).data()).containsOnly(0);
    }
    TestImages.bandFiles(s2.resolve("undated"), "", Sensor.SENTINEL2, 4);
    refuses(CsMoeException.class, "undated", "without a time");
  }

  @Test
  void masksAreCutLikeImagesAndChipsLieInOneFolderOrThree() throws IOException {
    float[] labels = {-1, 0, 1, 1, 0, 0, 1, 1};
    for (boolean apart : new boolean[] {false, true}) {
      Path root = folder.resolve("apart" + apart);
      chip(root, apart, "S1Hand", BandOrder.VV_VH, TestImages.values(2, 4, 2));
      chip(root, apart, "S2Hand", BandOrder.L1C, TestImages.values(13, 4, 2));
      Path label = root.resolve(apart ? "LabelHand" : ".").resolve("Spain_1_LabelHand.tif");
      TestImages.write(label, 1, 4, 2, TestImages.LEFT, labels);
      try (Dataset dataset = Datasets.builder(root).patchSize(2).open()) {
        assertThat(dataset.classes()).containsExactly("not water", "water");
        assertThat(ids(dataset)).containsExactly("Spain_1_0_0", "Spain_1_0_1");
        assertThat(((Target.Mask) dataset.get(0).target()).classes())
            .containsExactly(Target.Mask.IGNORED, 0, 0, 0);
        assertThat(((Target.Mask) dataset.get(1).target()).classes()).containsOnly(1);
      }
      labels[7] = 2;
      TestImages.write(label, 1, 4, 2, TestImages.LEFT, labels);
      assertThatThrownBy(() -> Datasets.open(root).get(0))
          .isInstanceOf(RasterFormatException.class)
          .hasMessageContaining("pixel 7: found 2.0");
      labels[7] = 1;
      TestImages.write(label, 1, 4, 1, TestImages.LEFT, Arrays.copyOf(labels, 4));
      assertThatThrownBy(() -> Datasets.open(root).get(0))
          .isInstanceOf(RasterFormatException.class)
          .hasMessageContaining("4 x 1");
      Files.delete(label);
      assertThatThrownBy(() -> Datasets.open(root))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("Spain_1 without its file *_LabelHand.tif");
    }
  }

  private static void chip(Path root, boolean apart, String kind, BandOrder order, float[] values) {
    Path file = root.resolve(apart ? kind : ".").resolve("Spain_1_" + kind + ".tif");
    TestImages.write(file, order.bands(), 4, 2, TestImages.LEFT, values);
  }

  @Test
  void aChipWithoutItsMaskIsToldWhatItLacks() throws IOException {
    Files.createFile(folder.resolve("Spain_1_S1Hand.tif"));
    Files.createFile(folder.resolve("Spain_1_S2Hand.tif"));
    refuses(
        CsMoeException.class,
        folder + ": found Spain_1 without its file *_LabelHand.tif",
        "(1 of 1 have none)");
  }

  @Test
  void aCellOfMajorTomIsCutAndItsSentinel1IsRefused() {
    Path cell = folder.resolve("S2L2A/199U/199U_1099R/S2B_X");
    TestImages.bandFiles(cell, "", Sensor.SENTINEL2, 6);
    try (Dataset dataset = Datasets.builder(folder).patchSize(3).open()) {
      assertThat(ids(dataset)).hasSize(4).first().isEqualTo("199U_1099R_S2B_X_0_0");
      assertThat(dataset.get(3).images()).containsOnlyKeys(Sensor.SENTINEL2);
    }
    assertThatThrownBy(() -> Datasets.builder(folder).onlySensor(Sensor.SENTINEL1).open())
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("csmoe patches");
  }
}
