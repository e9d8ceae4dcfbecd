package org.csmoe.raster;

import java.awt.Rectangle;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decoder of JPEG streams by the one that is in the JDK's module java.desktop, never by one that
 * happens to be on the class path. No other class refers to that module, and this one must not be
 * loaded before it is known to be there.
 */
final class JpegDecoder {
  private static final ImageReaderSpi PROVIDER = provider();

  private JpegDecoder() {}

  private static ImageReaderSpi provider() {
    Iterator<ImageReaderSpi> all =
        IIORegistry.getDefaultInstance().getServiceProviders(ImageReaderSpi.class, false);
    while (all.hasNext()) {
      ImageReaderSpi provider = all.next();
      if (provider.getClass().getModule().equals(ImageReader.class.getModule())
          && List.of(provider.getFormatNames()).contains("jpeg")) {
        return provider;
      }
    }
    throw new IllegalStateException("the Java runtime has no JPEG reader in java.desktop");
  }

  /**
   * Decodes the samples as they are coded, interleaved; colours are not converted. Chrominances
   * with fewer samples are interpolated. A reader serves one thread, so that each call has its own.
   *
   * @param stream what {@link JpegStream#joined} gave
   * @param output receives the first rows of the frame
   * @throws IllegalArgumentException when the stream is broken, also when the decoder could make
   *     something of it
   */
  static void decode(byte[] stream, JpegStream.Expected expected, byte[] output) {
    ImageReader reader = null;
    try {
      reader = PROVIDER.createReaderInstance();
      decode(reader, stream, expected, output);
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    } finally {
      if (reader != null) {
        reader.dispose();
      }
    }
  }

  private static void decode(
      ImageReader reader, byte[] stream, JpegStream.Expected expected, byte[] output)
      throws IOException {
    List<String> warnings = new ArrayList<>();
    reader.addIIOReadWarningListener(
        (source, warning) -> {
          warnings.add(warning);
          source.abort();
        });
    reader.setInput(new MemoryCacheImageInputStream(new ByteArrayInputStream(stream)), true, true);
    ImageReadParam part = reader.getDefaultReadParam();
    part.setSourceRegion(new Rectangle(expected.width(), expected.rows()));
    Raster raster = reader.readRaster(0, part);
    if (!warnings.isEmpty()) {
      throw new IOException(warnings.get(0));
    }
    if (raster.getWidth() != expected.width()
        || raster.getHeight() != expected.rows()
        || raster.getNumBands() != expected.components()) {
      throw new IOException("decoded as " + raster);
    }
    raster.getDataElements(0, 0, expected.width(), expected.rows(), output);
  }
}
