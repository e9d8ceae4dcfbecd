package org.csmoe.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.csmoe.BandMismatchException;
import org.csmoe.CsMoeException;
import org.csmoe.RasterFormatException;
import org.csmoe.data.Dataset;
import org.csmoe.data.Target;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EuroSatTest {
  private final Path folder;

  EuroSatTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private Path jpeg(String name, int rgb, int type) throws IOException {
    BufferedImage image = new BufferedImage(8, 8, type);
    for (int i = 0; i < 64; i++) {
      image.setRGB(i % 8, i / 8, rgb);
    }
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    assertThat(ImageIO.write(image, "jpg", file.toFile())).isTrue();
    return file;
  }

  @Test
  void colorsBecomeReflectanceOfRedGreenAndBlue() throws IOException {
    jpeg("River/River_1.jpg", 0xFF8000, BufferedImage.TYPE_INT_RGB);
    try (Dataset dataset = Datasets.open(folder)) {
      SensorImage image = dataset.get(0).image(Sensor.SENTINEL2);
      assertThat(image.bands()).containsExactly(Band.B04, Band.B03, Band.B02);
      // A uniform JPEG is off by a few levels of 10.8 each.
      assertThat(image.data()[0]).isCloseTo(2750, within(40f));
      assertThat(image.data()[image.offset(Band.B03)]).isCloseTo(128 * 2750 / 255f, within(40f));
      assertThat(image.data()[image.offset(Band.B02)]).isCloseTo(0, within(40f));
      assertThat(dataset.get(0).target()).isEqualTo(Target.classes(8));
      assertThat(dataset.classes()).hasSize(10).isSorted();
    }
  }

  @Test
  void splitsAreThoseOfTheList() throws IOException {
    jpeg("images/River/River_1.jpg", 0, BufferedImage.TYPE_INT_RGB);
    jpeg("images/Forest/Forest_1.jpg", 0, BufferedImage.TYPE_INT_RGB);
    jpeg("images/Forest/Forest_2.jpg", 0, BufferedImage.TYPE_INT_RGB);
    String list =
        """
        file,label,split
        images/River/River_1.jpg,River,train
        images/Forest/Forest_1.jpg,Forest,val
        """;
    Path labels = Files.writeString(folder.resolve("labels.csv"), list);
    try (Dataset all = Datasets.open(folder);
        Dataset validation = Datasets.builder(folder).split(DatasetSplit.VALIDATION).open()) {
      assertThat(all.size()).isEqualTo(2);
      assertThat(validation.size()).isEqualTo(1);
      assertThat(validation.get(0).id()).isEqualTo("Forest_1");
      assertThat(validation.get(0).target()).isEqualTo(Target.classes(1));
    }
    assertThatThrownBy(() -> Datasets.builder(folder).split(DatasetSplit.TEST).open())
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("[TRAIN, VALIDATION]");
    for (String bad :
        List.of(
            "../a.jpg,River,train",
            "images/a.png,River,train",
            "a.jpg,Lake,train",
            "a.jpg,River,dev")) {
      Files.writeString(labels, "file,label,split\n" + bad + "\n");
      assertThatThrownBy(() -> Datasets.open(folder))
          .isInstanceOf(CsMoeException.class)
          .hasMessageContaining("labels.csv line 2: found ");
    }
  }

  @Test
  void theRealListHasItsSplits() {
    Path real = TestData.path("eurosat-rgb");
    int[] sizes = {600, 200, 200};
    for (DatasetSplit split : DatasetSplit.values()) {
      try (Dataset dataset = Datasets.builder(real).split(split).open()) {
        assertThat(dataset.size()).isEqualTo(sizes[List.of(DatasetSplit.values()).indexOf(split)]);
      }
    }
  }

  @Test
  void damagedOrGreyPicturesAreNamed() throws IOException {
    Path file = jpeg("River/River_1.jpg", 0, BufferedImage.TYPE_BYTE_GRAY);
    assertThatThrownBy(() -> Datasets.open(folder).get(0))
        .isInstanceOf(RasterFormatException.class)
        .hasMessageContaining("found 1 colours");
    byte[] good = Files.readAllBytes(jpeg("River/River_1.jpg", 0, BufferedImage.TYPE_INT_RGB));
    for (int length : new int[] {0, 1, 20, 200}) {
      Files.write(file, Arrays.copyOf(good, length));
      assertThatThrownBy(() -> Datasets.open(folder).get(0))
          .isInstanceOf(RasterFormatException.class)
          .hasMessageContaining("River_1.jpg");
    }
  }

  @Test
  void damagedPicturesEndInOurExceptionOrInAPicture() throws IOException {
    Path file = jpeg("River/River_1.jpg", 0x336699, BufferedImage.TYPE_INT_RGB);
    byte[] good = Files.readAllBytes(file);
    SplittableRandom random = new SplittableRandom(3);
    int refused = 0;
    try (Dataset dataset = Datasets.open(folder)) {
      for (int round = 0; round < 500; round++) {
        byte[] bad = good.clone();
        for (int flips = random.nextInt(1, 6); flips > 0; flips--) {
          bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
        }
        Files.write(file, bad);
        try {
          dataset.get(0);
        } catch (RasterFormatException e) {
          refused++;
        }
      }
    }
    assertThat(refused).isGreaterThan(20);
  }

  @Test
  void theThirteenthBandOfTheMultispectralEditionIsB8A() {
    Path file = folder.resolve("Forest/Forest_1.tif");
    TestImages.write(file, 13, 2, 2);
    try (Dataset dataset = Datasets.open(folder)) {
      SensorImage image = dataset.get(0).image(Sensor.SENTINEL2);
      assertThat(image.data()[image.offset(Band.B8A)]).isEqualTo(TestImages.value(12, 0, 0));
      assertThat(image.data()[image.offset(Band.B11)]).isEqualTo(TestImages.value(10, 0, 0));
      assertThat(dataset.get(0).target()).isEqualTo(Target.classes(1));
    }
    TestImages.write(file, 12, 2, 2);
    assertThatThrownBy(() -> Datasets.open(folder).get(0))
        .isInstanceOf(BandMismatchException.class)
        .hasMessageContaining("found 12 bands");
    assertThatThrownBy(() -> Datasets.builder(folder).onlySensor(Sensor.SENTINEL1).open())
        .isInstanceOf(CsMoeException.class)
        .hasMessageContaining("Sentinel-2 only");
  }
}
