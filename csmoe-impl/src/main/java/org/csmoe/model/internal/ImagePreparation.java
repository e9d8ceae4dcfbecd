package org.csmoe.model.internal;

import java.nio.FloatBuffer;
import java.util.List;
import org.csmoe.BandMismatchException;
import org.csmoe.CsMoeConfig;
import org.csmoe.features.Resize;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.BandStatistics.Moments;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;

/**
 * Brings an image into the form that the network takes: bands picked by name, resized if asked for,
 * z-scores, no-data pixels at the band's mean.
 */
public final class ImagePreparation {
  private final Sensor sensor;
  private final List<Band> bands;
  private final CsMoeConfig config;
  private final Resize resize;

  public ImagePreparation(Sensor sensor, CsMoeConfig config, Resize resize) {
    this.sensor = sensor;
    this.bands = config.bands(sensor);
    this.config = config;
    this.resize = resize;
  }

  /** Values per image: bands x imageSize x imageSize. */
  public int length() {
    return bands.size() * config.imageSize() * config.imageSize();
  }

  /** Throws when the image does not fit. */
  public void check(SensorImage image) {
    if (image.sensor() != sensor) {
      throw new IllegalArgumentException(
          "image must be of %s but was of %s".formatted(sensor, image.sensor()));
    }
    if (!image.bands().containsAll(bands)) {
      throw new BandMismatchException(
          "image of %s lacks bands; found %s, expected %s".formatted(sensor, image.bands(), bands));
    }
    int size = config.imageSize();
    if (resize == Resize.NONE && (image.width() != size || image.height() != size)) {
      throw new IllegalArgumentException(
          "image must be %d x %d pixels but was %d x %d; cut it, or ask for a Resize"
              .formatted(size, size, image.width(), image.height()));
    }
  }

  /** Writes one image at the buffer's position and moves the position behind it. */
  public void write(SensorImage image, FloatBuffer destination) {
    write(image, destination, 0);
  }

  /** The same with another value for no-data pixels. */
  public void write(SensorImage image, FloatBuffer destination, float missing) {
    int size = config.imageSize();
    boolean fits = image.width() == size && image.height() == size;
    for (Band band : bands) {
      Moments moments = config.statistics().of(band);
      float mean = (float) moments.mean();
      float scale = (float) (1 / moments.standardDeviation());
      float[] pixels = image.data();
      int offset = image.offset(band);
      if (!fits) {
        pixels = Resampling.resize(pixels, offset, image.width(), image.height(), size, resize);
        offset = 0;
      }
      for (int i = offset; i < offset + size * size; i++) {
        float value = pixels[i];
        destination.put(Float.isNaN(value) ? missing : (value - mean) * scale);
      }
    }
  }
}
