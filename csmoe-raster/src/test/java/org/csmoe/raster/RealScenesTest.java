package org.csmoe.raster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.csmoe.BandMismatchException;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.junit.jupiter.api.Test;

/** Real scenes in the layouts in use; the means are GDAL's, of the files before any repetition. */
class RealScenesTest {
  private static final String BIG_EARTH_NET =
      "bigearthnet-v2/native/S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP_35_50";

  private static void assertMeans(Scene scene, Object... bandsAndMeans) {
    SensorImage image = scene.read(scene.window());
    for (int i = 0; i < bandsAndMeans.length; i += 2) {
      Band band = (Band) bandsAndMeans[i];
      // Integers are exact; 1e-5 covers decibels rounded from double to float.
      assertThat(mean(image, band))
          .as("%s", band)
          .isCloseTo((double) bandsAndMeans[i + 1], within(1e-5));
    }
  }

  @Test
  void majorTomCore() {
    Path path =
        TestData.path(
            "major-tom-core/S2L2A/199U/199U_1099R/S2B_MSIL2A_20200223T032739_N9999_R018_T48QUE_20230924T183543");
    try (Scene scene = Scene.open(path, Sensor.SENTINEL2)) {
      assertThat(scene.width()).isEqualTo(1068);
      assertThat(scene.height()).isEqualTo(1068);
      assertThat(scene.crs()).contains(Crs.projected(32648));
      assertMeans(
          scene,
          Band.B02,
          561.1678388320779,
          Band.B04,
          831.8639078258918,
          Band.B08,
          2625.3661101291923,
          Band.B8A,
          2761.8615985635934,
          Band.B11,
          2755.906658109947,
          Band.B12,
          1831.065767509714);
    }
    assertThat(Scene.find(TestData.path("major-tom-core"), Sensor.SENTINEL2)).containsExactly(path);
  }

  @Test
  void terraMesh() {
    try (Scene scene =
        Scene.open(TestData.path("terramesh-majortom/S2L2A/637U_59R_1_3.tif"), Sensor.SENTINEL2)) {
      assertMeans(
          scene,
          Band.B02,
          153.25181361607142,
          Band.B08,
          2413.6075613839284,
          Band.B8A,
          2476.709582270408,
          Band.B12,
          1015.1874202806123);
    }
    Path radar = TestData.path("terramesh-majortom/S1RTC/637U_59R_1_3.tif");
    try (Scene scene =
        Scene.builder(radar, Sensor.SENTINEL1).bandOrder(BandOrder.VV_VH.bands()).open()) {
      assertMeans(scene, Band.VV, -10.073412111333134, Band.VH, -16.956352545290578);
    }
    assertThatThrownBy(() -> Scene.open(radar, Sensor.SENTINEL1))
        .isInstanceOf(BandMismatchException.class)
        .hasMessageContaining("found 2 bands named [bands]");
    assertThat(Scene.find(TestData.path("terramesh-majortom/S2L2A"), Sensor.SENTINEL2)).hasSize(3);
    assertThat(Scene.find(TestData.path("terramesh-majortom"), Sensor.SENTINEL1)).hasSize(3);
  }

  @Test
  void bigEarthNetNative() {
    Path path = TestData.path(BIG_EARTH_NET);
    try (Scene scene = Scene.open(path, Sensor.SENTINEL2)) {
      assertThat(scene.width()).isEqualTo(120);
      assertMeans(
          scene,
          Band.B02,
          373.2401388888889,
          Band.B8A,
          3626.9508333333333,
          Band.B12,
          1081.5913888888888);
    }
    try (Scene scene = Scene.open(path, Sensor.SENTINEL1)) {
      assertMeans(scene, Band.VV, -10.478983561536168, Band.VH, -16.600374634348682);
    }
    for (Sensor sensor : Sensor.values()) {
      List<Path> found = Scene.find(TestData.path("bigearthnet-v2/native"), sensor);
      assertThat(found).hasSize(12).contains(path).isSorted();
    }
  }

  @Test
  void bigEarthNetStacked() {
    Path folder = TestData.path("bigearthnet-v2/stacked");
    assertThat(Scene.find(folder, Sensor.SENTINEL1))
        .hasSameSizeAs(Scene.find(folder, Sensor.SENTINEL2));
    for (Path path : Scene.find(folder, Sensor.SENTINEL1)) {
      try (Scene scene =
          Scene.builder(path, Sensor.SENTINEL1).bandOrder(BandOrder.VH_VV.bands()).open()) {
        SensorImage image = scene.read(scene.window());
        // Cross polarisation is weaker, by 10 dB or so.
        assertThat(mean(image, Band.VH)).isLessThan(mean(image, Band.VV));
      }
    }
    for (Path path : Scene.find(folder, Sensor.SENTINEL2)) {
      try (Scene scene = Scene.open(path, Sensor.SENTINEL2)) {
        assertThat(scene.bands()).isEqualTo(Sensor.SENTINEL2.defaultBands());
        assertThat(scene.width()).isEqualTo(120);
      }
    }
  }

  private static double mean(SensorImage image, Band band) {
    double sum = 0;
    int offset = image.offset(band);
    int pixels = image.width() * image.height();
    for (int i = offset; i < offset + pixels; i++) {
      sum += image.data()[i];
    }
    return sum / pixels;
  }

  @Test
  void ssl4eo() {
    Path path = TestData.path("ssl4eo-s12/s2a/0000200/20200813T054639_20200813T054952_T43RCP");
    try (Scene scene = Scene.open(path, Sensor.SENTINEL2)) {
      assertThat(scene.crs()).contains(Crs.geographic(4326));
      assertMeans(
          scene,
          Band.B02,
          892.1110537190083,
          Band.B8A,
          3155.5102731864094,
          Band.B12,
          1542.1181129476583);
    }
    Path radar =
        TestData.path(
            "ssl4eo-s12/s1/0000200/S1A_IW_GRDH_1SDV_20200607T010800_20200607T010825_032904_03CFBA_D457");
    try (Scene scene = Scene.open(radar, Sensor.SENTINEL1)) {
      assertMeans(scene, Band.VV, -9.650981615049112, Band.VH, -17.62540980743174);
    }
  }

  @Test
  void sen1Floods11NamesItsBands() {
    try (Scene scene =
        Scene.open(TestData.path("sen1floods11/Spain_7370579_S2Hand.tif"), Sensor.SENTINEL2)) {
      assertThat(scene.width()).isEqualTo(512);
    }
    try (Scene scene =
        Scene.open(TestData.path("sen1floods11/Spain_7370579_S1Hand.tif"), Sensor.SENTINEL1)) {
      assertThat(scene.bands()).containsExactly(Band.VV, Band.VH);
    }
  }
}
