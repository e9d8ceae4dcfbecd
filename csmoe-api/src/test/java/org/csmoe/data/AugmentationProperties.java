package org.csmoe.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;

class AugmentationProperties {

  @Property
  void bothSensorsAndTheMaskAreLaidAlike(
      @ForAll long seed,
      @ForAll int epoch,
      @ForAll int index,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll @IntRange(min = 1, max = 9) int height) {
    Sample laid =
        Augmentation.flips()
            .withQuarterTurns()
            .apply(AugmentationTest.numbered(width, height), seed, epoch, index);
    SensorImage s1 = laid.image(Sensor.SENTINEL1);
    SensorImage s2 = laid.image(Sensor.SENTINEL2);
    int[] mask = ((Target.Mask) laid.target()).classes();
    assertThat(mask).doesNotHaveDuplicates();
    for (int i = 0; i < mask.length; i++) {
      assertThat((int) s1.data()[i]).isEqualTo(mask[i]);
      assertThat((int) s2.data()[i]).isEqualTo(mask[i]);
      assertThat((int) s2.data()[s2.offset(Band.B03) + i]).isEqualTo(mask[i]);
    }
  }

  @Property
  void cropsLieInTheImageAndKeepToTheirAreaAndShape(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 300) int width,
      @ForAll @IntRange(min = 1, max = 300) int height) {
    CropWindow crop =
        CropWindow.random(new SplittableRandom(seed), width, height, 0.2, 0.8, 4.0 / 3, 10);
    assertThat(crop.x()).isNotNegative();
    assertThat(crop.y()).isNotNegative();
    assertThat(crop.width()).isPositive();
    assertThat(crop.height()).isPositive();
    assertThat(crop.x() + crop.width()).isLessThanOrEqualTo(width);
    assertThat(crop.y() + crop.height()).isLessThanOrEqualTo(height);
    // Edges are rounded to whole pixels: half a pixel each.
    double widest = (crop.width() - 0.5) / (crop.height() + 0.5);
    double narrowest = (crop.width() + 0.5) / (crop.height() - 0.5);
    assertThat(widest).isLessThanOrEqualTo(4.0 / 3);
    assertThat(narrowest).isGreaterThanOrEqualTo(3.0 / 4);
  }

  @Property
  void aResizedPixelIsBetweenItsNeighboursAndNothingComesFromOutsideTheCrop(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 12) int width,
      @ForAll @IntRange(min = 2, max = 12) int height,
      @ForAll @IntRange(min = 1, max = 20) int size) {
    CropWindow crop =
        CropWindow.random(new SplittableRandom(seed), width, height, 0.1, 0.9, 4.0 / 3, 10);
    float[] source = new float[width * height];
    for (int i = 0; i < source.length; i++) {
      int x = i % width - crop.x();
      int y = i / width - crop.y();
      boolean inside = x >= 0 && y >= 0 && x < crop.width() && y < crop.height();
      source[i] = inside ? i : Float.NaN;
    }
    float[] target = new float[size * size];
    crop.bilinear(source, 0, width, target, size, size);
    int first = crop.y() * width + crop.x();
    int last = (crop.y() + crop.height() - 1) * width + crop.x() + crop.width() - 1;
    for (float value : target) {
      assertThat(value).isBetween((float) first, (float) last);
    }
  }
}
