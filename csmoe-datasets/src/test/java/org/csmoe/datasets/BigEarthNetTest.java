package org.csmoe.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.csmoe.CsMoeException;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.csmoe.weights.DType;
import org.csmoe.weights.SafetensorsWriter;
import org.csmoe.weights.TensorInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BigEarthNetTest {
  private static final String ID = "S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP_26_57";
  private static final String S1_NAME = "S1A_IW_GRDH_1SDV_20170613T165043_33UUP_26_57";
  private static final String SERBIAN = "S2B_MSIL2A_20170731T101031_N9999_R022_T34TDR_01_02";
  private static final Path TABLE = TestData.resource("metadata.parquet");

  private final Path folder;

  BigEarthNetTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static List<BigEarthNetPatch> rows(Path table) {
    List<BigEarthNetPatch> rows = new ArrayList<>();
    BigEarthNetMetadata.read(table, rows::add);
    return rows;
  }

  @Test
  void theRealTableHasThePublishedSubsetsAndSplits() {
    Path table = TestData.path("bigearthnet-v2/metadata.parquet");
    Map<BigEarthNetSubset, Map<DatasetSplit, Integer>> counts =
        new EnumMap<>(BigEarthNetSubset.class);
    BigEarthNetMetadata.read(
        table,
        patch -> {
          for (BigEarthNetSubset subset : BigEarthNetSubset.values()) {
            if (subset.test(patch)) {
              counts
                  .computeIfAbsent(subset, key -> new EnumMap<>(DatasetSplit.class))
                  .merge(patch.split(), 1, Integer::sum);
            }
          }
        });
    // The sizes of BENv2, BENv2-14k (13,683) and BENv2-243k (243,130).
    assertThat(counts.get(BigEarthNetSubset.ALL)).isEqualTo(sizes(237_871, 122_342, 119_825));
    assertThat(counts.get(BigEarthNetSubset.SERBIA_SUMMER)).isEqualTo(sizes(7_180, 3_255, 3_248));
    assertThat(counts.get(BigEarthNetSubset.SUMMER_AUTUMN))
        .isEqualTo(sizes(120_288, 62_171, 60_671));
  }

  private static Map<DatasetSplit, Integer> sizes(int train, int validation, int test) {
    return Map.of(
        DatasetSplit.TRAIN, train, DatasetSplit.VALIDATION, validation, DatasetSplit.TEST, test);
  }

  @Test
  void labelsOfTheRealPairsAreThoseOfTheCsvFileAndOfTheTable() {
    Path pairs = TestData.path("bigearthnet-v2/native");
    try (Dataset csv = Datasets.open(pairs);
        Dataset parquet =
            Datasets.builder(pairs)
                .metadata(TestData.path("bigearthnet-v2/metadata.parquet"))
                .open()) {
      assertThat(csv.classes()).hasSize(19).isSorted().isEqualTo(parquet.classes());
      for (int i = 0; i < csv.size(); i++) {
        assertThat(csv.get(i).target()).isEqualTo(parquet.get(i).target());
      }
      // Austria: arable land, coniferous and mixed forest, pastures, urban fabric.
      assertThat(csv.get(0).target()).isEqualTo(Target.classes(1, 6, 12, 15, 18));
    }
    try (Dataset test = Datasets.builder(pairs).split(DatasetSplit.TEST).open()) {
      assertThat(test.size()).isBetween(1, 11);
    }
  }

  @Test
  void aRowHasItsLabelsWithCommasItsMonthAndItsTwin() {
    BigEarthNetPatch patch = rows(TABLE).get(0);
    assertThat(patch.id()).isEqualTo(ID);
    assertThat(patch.s1Name()).contains(S1_NAME);
    assertThat(patch.labels()).isEqualTo(Target.classes(2, 18));
    assertThat(patch.split()).isEqualTo(DatasetSplit.TRAIN);
    assertThat(patch.country()).isEqualTo("Austria");
    assertThat(patch.month()).isEqualTo(6);
    assertThat(patch.tile()).isEqualTo("S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP");
    assertThat(BigEarthNetPatch.s1Scene(S1_NAME)).isEqualTo("S1A_IW_GRDH_1SDV_20170613T165043");
  }

  @Test
  void subsetsAreChosenByMonthAndCountry() {
    List<BigEarthNetPatch> rows = rows(TABLE);
    assertThat(rows.stream().filter(BigEarthNetSubset.SERBIA_SUMMER).map(BigEarthNetPatch::month))
        .containsExactly(7, 8);
    assertThat(rows.stream().filter(BigEarthNetSubset.SUMMER_AUTUMN).map(BigEarthNetPatch::month))
        .containsExactly(6, 7, 9, 11, 8, 6, 6);
  }

  private void refuses(String csv, String... parts) throws IOException {
    Path table = Files.writeString(folder.resolve("table.csv"), csv);
    assertThatThrownBy(() -> rows(table))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("table.csv")
        .hasMessageContainingAll(parts);
  }

  @Test
  void malformedTablesAreRefusedWithTheirLine() throws IOException {
    String header = "patch_id,labels,split,country\n";
    refuses("", "found the columns []", "patch_id");
    refuses("patch_id,labels\n", "found the columns [patch_id, labels]");
    refuses(header + ID + ",Pastures,train\n", "line 2", "3");
    refuses(header + ID + ",Meadow,train,Serbia\n", "line 2", "\"Meadow\"", "Pastures");
    refuses(header + ID + ",Pastures,dev,Serbia\n", "line 2", "\"dev\"");
    refuses(header + "../../etc,Pastures,train,Serbia\n", "line 2", "id must look like");
    refuses(header + ID.replace("201706", "201713") + ",Pastures,train,Serbia\n", "month");
  }

  private void published(String id, String s1Name) {
    Path s2 = folder.resolve("BigEarthNet-S2").resolve(id.substring(0, id.length() - 6));
    TestImages.bandFiles(s2.resolve(id), id + "_", Sensor.SENTINEL2, 4);
    String scene = s1Name.replaceAll("(_[^_]+){3}$", "");
    Path s1 = folder.resolve("BigEarthNet-S1").resolve(scene).resolve(s1Name);
    TestImages.bandFiles(s1, s1Name + "_", Sensor.SENTINEL1, 4);
  }

  @Test
  void thePublishedLayoutIsPairedByItsTable() throws IOException {
    published(ID, S1_NAME);
    published(SERBIAN, "S1B_IW_GRDH_1SDV_20170731T165043_34TDR_1_2");
    assertThatThrownBy(() -> Datasets.open(folder))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("metadata.parquet");
    Files.copy(TABLE, folder.resolve("metadata.parquet"));
    try (Dataset dataset = Datasets.open(folder)) {
      assertThat(dataset.size()).isEqualTo(2);
      Sample sample = dataset.get(0);
      assertThat(sample.id()).isEqualTo(ID);
      assertThat(sample.image(Sensor.SENTINEL1).data()[16]).isEqualTo(2);
      assertThat(sample.image(Sensor.SENTINEL2).data()[16]).isEqualTo(2);
      assertThat(sample.target()).isEqualTo(Target.classes(2, 18));
    }
    try (Dataset dataset =
        Datasets.builder(folder)
            .subset(BigEarthNetSubset.SERBIA_SUMMER)
            .split(DatasetSplit.VALIDATION)
            .open()) {
      assertThat(dataset.size()).isEqualTo(1);
      assertThat(dataset.get(0).id()).isEqualTo(SERBIAN);
    }
  }

  @Test
  void aPatchWithoutItsTwinIsNamed() throws IOException {
    published(ID, S1_NAME.replace("57", "58"));
    Files.copy(TABLE, folder.resolve("metadata.parquet"));
    assertThatThrownBy(() -> Datasets.open(folder))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining(ID + " without its twin " + S1_NAME);
    try (Dataset dataset = Datasets.builder(folder).onlySensor(Sensor.SENTINEL2).open()) {
      assertThat(dataset.size()).isEqualTo(1);
    }
  }

  @Test
  void foldersOfPairsHaveLabelsWhenThereIsATableAndThenEveryPatchNeedsARow() throws IOException {
    Path pairs = Files.createDirectories(folder.resolve("pairs"));
    TestImages.bandFiles(pairs.resolve(ID), ID + "_", Sensor.SENTINEL2, 4);
    TestImages.bandFiles(pairs.resolve(ID), ID + "_", Sensor.SENTINEL1, 4);
    try (Dataset dataset = Datasets.open(pairs)) {
      assertThat(dataset.classes()).isEmpty();
      assertThat(dataset.get(0).target()).isEqualTo(Target.none());
    }
    assertThatThrownBy(() -> Datasets.builder(pairs).subset(BigEarthNetSubset.SERBIA_SUMMER).open())
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("set metadata");
    Path table = folder.resolve("labels.csv");
    Files.writeString(
        table, "country,patch_id,labels,split\nAustria," + ID + ",Pastures;Arable land,test\n");
    try (Dataset dataset = Datasets.open(pairs)) {
      assertThat(dataset.get(0).target()).isEqualTo(Target.classes(1, 15));
    }
    Files.writeString(table, "country,patch_id,labels,split\n");
    assertThatThrownBy(() -> Datasets.open(pairs))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("not in " + table);
  }

  @Test
  void pairsOfAnLmdbAreReadByTheTableBesideItAndNotByALabelList() throws IOException {
    Path lmdb = Files.createDirectories(folder.resolve("lmdb"));
    Files.copy(TestData.resource("pair.mdb"), lmdb.resolve("data.mdb"));
    Files.writeString(lmdb.resolve("labels.csv"), "patch_id,labels,split,country\n");
    Files.copy(TABLE, folder.resolve("metadata.parquet"));
    try (Dataset dataset = Datasets.open(lmdb)) {
      assertThat(dataset.size()).isEqualTo(1);
      Sample sample = dataset.get(0);
      assertThat(sample.id()).isEqualTo(SERBIAN);
      assertThat(sample.target()).isEqualTo(Target.classes(1));
      SensorImage s1 = sample.image(Sensor.SENTINEL1);
      assertThat(s1.data()).startsWith(-20f, -20.1f).endsWith(-11.4f, -11.5f);
      SensorImage s2 = sample.image(Sensor.SENTINEL2);
      assertThat(s2.data()).startsWith(100, 101, 102, 103, 104);
      assertThat(s2.data()[s2.offset(Band.B12) + 15]).isEqualTo(1003);
    }
    try (Dataset patches = Datasets.builder(lmdb).patchSize(2).open()) {
      assertThat(patches.size()).isEqualTo(4);
      assertThat(patches.get(3).image(Sensor.SENTINEL2).data()).startsWith(110, 111, 114, 115);
    }
    try (Dataset validation =
        Datasets.builder(lmdb).split(DatasetSplit.VALIDATION).onlySensor(Sensor.SENTINEL1).open()) {
      assertThat(validation.get(0).images()).containsOnlyKeys(Sensor.SENTINEL1);
    }
  }

  private ByteBuffer tensors(int coarse, DType type) throws IOException {
    List<TensorInfo> infos =
        Sensor.SENTINEL2.defaultBands().stream()
            .map(
                band ->
                    band.resolution() == 10
                        ? new TensorInfo(band.name(), DType.U16, List.of(4L, 4L))
                        : new TensorInfo(band.name(), type, List.of((long) coarse, (long) coarse)))
            .toList();
    Path file = folder.resolve("value");
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, infos, Map.of())) {
      for (TensorInfo info : infos) {
        ByteBuffer bytes =
            ByteBuffer.allocate((int) info.byteCount()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < info.elementCount(); i++) {
          bytes.putShort(i * info.dtype().bytes(), (short) (40_000 + i));
        }
        writer.write(info.name(), bytes.putShort(0, (short) 0));
      }
      writer.commit();
    }
    return ByteBuffer.wrap(Files.readAllBytes(file));
  }

  @Test
  void tensorsOfCoarseBandsAreRepeatedAndZeroIsNoData() throws IOException {
    SensorImage image = BigEarthNetLmdb.image("k", tensors(2, DType.U16), Sensor.SENTINEL2);
    assertThat(image.width()).isEqualTo(4);
    assertThat(image.data()).startsWith(Float.NaN, 40_001, 40_002);
    int b05 = image.offset(Band.B05);
    assertThat(image.data()[b05 + 5]).isNaN();
    assertThat(image.data()[b05 + 6]).isEqualTo(40_001);
    assertThat(image.data()[b05 + 15]).isEqualTo(40_003);
  }

  @Test
  void tensorsOfOtherSizesTypesOrBandsAreRefused() throws IOException {
    ByteBuffer odd = tensors(3, DType.U16);
    assertThatThrownBy(() -> BigEarthNetLmdb.image("k", odd, Sensor.SENTINEL2))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("B05 of 3 pixels");
    ByteBuffer floats = tensors(2, DType.F32);
    assertThatThrownBy(() -> BigEarthNetLmdb.image("k", floats, Sensor.SENTINEL2))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("F32");
    assertThatThrownBy(() -> BigEarthNetLmdb.image("k", odd, Sensor.SENTINEL1))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("band VV among [");
  }

  @Test
  void theRealLmdbHasNoTwinsAndSaysSo() {
    Path lmdb = TestData.path("bigearthnet-v2/rico-lmdb");
    assertThatThrownBy(() -> Datasets.builder(lmdb).metadata(TABLE).open())
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("_75_43 without its twin");
    assertThat(Layout.of(lmdb)).isEqualTo(Layout.BIGEARTHNET_LMDB);
  }
}
