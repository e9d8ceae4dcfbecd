package org.csmoe.data;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.csmoe.BandMismatchException;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;

/**
 * Images of one place, by one or both sensors, with a target. Images of both sensors show the same
 * ground and have the same height and width.
 *
 * @param id unique in its dataset
 * @param images at least one
 * @param target what is to be predicted, or {@link Target#none()}
 */
public record Sample(String id, Map<Sensor, SensorImage> images, Target target) {

  /** Copies and checks the images. */
  public Sample {
    if (images.isEmpty()) {
      throw new IllegalArgumentException("sample %s must have an image but has none".formatted(id));
    }
    images = Collections.unmodifiableMap(new EnumMap<>(images));
    SensorImage first = images.values().iterator().next();
    images.forEach(
        (sensor, image) -> {
          if (image.sensor() != sensor) {
            throw new BandMismatchException(
                "sample %s: image of %s was given for %s".formatted(id, image.sensor(), sensor));
          }
          if (image.width() != first.width() || image.height() != first.height()) {
            throw new IllegalArgumentException(
                "sample %s: images must have one size but had %d x %d and %d x %d"
                    .formatted(id, first.width(), first.height(), image.width(), image.height()));
          }
        });
  }

  /**
   * The image of a sensor.
   *
   * @param sensor the sensor
   * @return its image
   * @throws IllegalArgumentException when the sample has none
   */
  public SensorImage image(Sensor sensor) {
    SensorImage image = images.get(sensor);
    if (image == null) {
      throw new IllegalArgumentException(
          "sample %s has no image of %s; found %s".formatted(id, sensor, images.keySet()));
    }
    return image;
  }
}
