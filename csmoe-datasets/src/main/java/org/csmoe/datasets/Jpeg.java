package org.csmoe.datasets;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.csmoe.RasterFormatException;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;

/**
 * Reads EuroSAT's JPEGs as B04, B03, B02. They were made by scaling reflectance x 10^4 of 0 to 2750
 * to 0 to 255 (brighter is cut off), so that {@code value * 2750 / 255} undoes it except for the
 * rounding to 8 bits, the cut and the compression: an approximation, not a measurement.
 */
final class Jpeg {
  private static final float SCALE = 2750f / 255f;
  private static final int MAX_EDGE = 4096;
  private static final List<Band> BANDS = List.of(Band.B04, Band.B03, Band.B02);

  private Jpeg() {}

  static SensorImage read(Path file) {
    try (ImageInputStream stream = ImageIO.createImageInputStream(file.toFile())) {
      if (stream == null) {
        throw malformed(file, "nothing that can be read", "a JPEG file");
      }
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw malformed(file, "no image", "a JPEG file");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        return toReflectance(decode(file, reader));
      } finally {
        reader.dispose();
      }
    } catch (RasterFormatException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The decoder reports damage by unchecked exceptions of many kinds, too.
      throw new RasterFormatException(
          "%s: found %s, expected a JPEG file".formatted(file, e.getMessage()), e);
    }
  }

  private static BufferedImage decode(Path file, ImageReader reader) throws IOException {
    int width = reader.getWidth(0);
    int height = reader.getHeight(0);
    if (width > MAX_EDGE || height > MAX_EDGE) {
      throw malformed(
          file,
          "%d x %d pixels".formatted(width, height),
          "at most %d x %d".formatted(MAX_EDGE, MAX_EDGE));
    }
    BufferedImage image = reader.read(0);
    if (image.getColorModel().getNumColorComponents() != BANDS.size()) {
      throw malformed(
          file, image.getColorModel().getNumColorComponents() + " colours", "red, green and blue");
    }
    return image;
  }

  private static SensorImage toReflectance(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    int pixels = width * height;
    int[] colours = image.getRGB(0, 0, width, height, null, 0, width);
    float[] data = new float[BANDS.size() * pixels];
    for (int i = 0; i < pixels; i++) {
      data[i] = (colours[i] >> 16 & 0xFF) * SCALE;
      data[pixels + i] = (colours[i] >> 8 & 0xFF) * SCALE;
      data[2 * pixels + i] = (colours[i] & 0xFF) * SCALE;
    }
    return SensorImage.of(Sensor.SENTINEL2, BANDS, width, height, data);
  }

  private static RasterFormatException malformed(Path file, String found, String expected) {
    return new RasterFormatException("%s: found %s, expected %s".formatted(file, found, expected));
  }
}
