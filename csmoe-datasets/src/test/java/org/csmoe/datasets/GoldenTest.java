package org.csmoe.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.csmoe.data.Dataset;
import org.csmoe.data.Sample;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real samples against rasterio, Pillow and python-lmdb; see make_golden.py. */
class GoldenTest {
  private static final List<String> COLUMNS =
      List.of("folder", "id", "sensor", "band", "mean", "x", "y", "value");

  private record Pixel(
      String id, Sensor sensor, Band band, double mean, int x, int y, double value) {}

  private static List<Pixel> golden(String folder, Sensor sensor) {
    Path file = TestData.resource("golden.csv");
    Map<Integer, Pixel> pixels = new LinkedHashMap<>();
    CsvTable.read(
        file,
        COLUMNS,
        row -> {
          List<String> v = row.values();
          if (v.get(0).equals(folder) && v.get(2).equals(sensor.shortName())) {
            pixels.put(
                pixels.size(),
                new Pixel(
                    v.get(1),
                    sensor,
                    Band.valueOf(v.get(3)),
                    Double.parseDouble(v.get(4)),
                    Integer.parseInt(v.get(5)),
                    Integer.parseInt(v.get(6)),
                    Double.parseDouble(v.get(7))));
          }
        });
    return List.copyOf(pixels.values());
  }

  private static void check(Dataset dataset, List<Pixel> pixels) {
    assertThat(pixels).isNotEmpty();
    Map<String, Sample> samples = new LinkedHashMap<>();
    dataset.forEach(sample -> samples.put(sample.id(), sample));
    for (Pixel pixel : pixels) {
      SensorImage image =
          Objects.requireNonNull(samples.get(pixel.id()), pixel.id()).image(pixel.sensor());
      int offset = image.offset(pixel.band());
      double mean =
          IntStream.range(offset, offset + image.width() * image.height())
              .mapToDouble(i -> image.data()[i])
              .filter(value -> !Double.isNaN(value))
              .average()
              .orElseThrow();
      // Float32 has 24 bits; decibels of TerraMesh are float64 on disk, EuroSAT's JPEG is scaled.
      Offset<Double> rounding = within(1e-6 * Math.max(1, Math.abs(pixel.mean())));
      assertThat(mean).as("%s", pixel).isCloseTo(pixel.mean(), rounding);
      assertThat((double) image.data()[offset + pixel.y() * image.width() + pixel.x()])
          .as("%s", pixel)
          .isCloseTo(pixel.value(), within(1e-6 * Math.max(1, Math.abs(pixel.value()))));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "terramesh-majortom, TERRAMESH, 3",
    "bigearthnet-v2/native, BIGEARTHNET_FOLDERS, 12",
    "bigearthnet-v2/stacked, BIGEARTHNET_STACKED, 12",
    "ssl4eo-s12, SSL4EO_S12, 2",
    "sen1floods11, SEN1FLOODS11, 1"
  })
  void pairsOfRealDataSetsEqualTheirFiles(String folder, Layout layout, int size) {
    Path path = TestData.path(folder);
    assertThat(Layout.of(path)).isEqualTo(layout);
    try (Dataset dataset = Datasets.open(path)) {
      assertThat(dataset.size()).isEqualTo(size);
      check(dataset, golden(folder, Sensor.SENTINEL1));
      check(dataset, golden(folder, Sensor.SENTINEL2));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "major-tom-core, MAJOR_TOM_CORE, 1",
    "eurosat-ms, EUROSAT_MS, 3",
    "eurosat-rgb, EUROSAT_RGB, 1000"
  })
  void imagesOfSentinel2AloneEqualTheirFiles(String folder, Layout layout, int size) {
    Path path = TestData.path(folder);
    assertThat(Layout.of(path)).isEqualTo(layout);
    try (Dataset dataset = Datasets.open(path)) {
      assertThat(dataset.size()).isEqualTo(size);
      check(dataset, golden(folder, Sensor.SENTINEL2));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "bigearthnet-v2/rico-lmdb, BIGEARTHNET_LMDB, SENTINEL1",
    "bigearthnet-v2/rico-lmdb, BIGEARTHNET_LMDB, SENTINEL2",
    "bigearthnet-v2/rico-sample, BIGEARTHNET, SENTINEL1",
    "bigearthnet-v2/rico-sample, BIGEARTHNET, SENTINEL2"
  })
  void bigEarthNetOfRicoEqualsItsTensors(String folder, Layout layout, Sensor sensor) {
    Path path = TestData.path(folder);
    assertThat(Layout.of(path)).isEqualTo(layout);
    DatasetBuilder builder =
        Datasets.builder(path).onlySensor(sensor).metadata(TestData.resource("metadata.parquet"));
    try (Dataset dataset = builder.open()) {
      assertThat(dataset.size()).isEqualTo(1);
      // Samples have the name of the Sentinel-2 patch; the golden file has the key.
      List<Pixel> pixels =
          golden("bigearthnet-v2/rico-lmdb", sensor).stream()
              .map(
                  p ->
                      new Pixel(
                          dataset.get(0).id(), sensor, p.band(), p.mean(), p.x(), p.y(), p.value()))
              .toList();
      check(dataset, pixels);
    }
  }
}
