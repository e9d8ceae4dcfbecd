package org.csmoe.raster;

import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a GeoTIFF says about itself, read without touching a pixel.
 *
 * @param width pixels per row
 * @param height rows
 * @param bands samples per pixel as it is read: RGBA for CMYK of 8 bits, RGB for YCbCr
 * @param pixelType type of every sample as it is read
 * @param bitsPerSample bits of a sample as it is stored: those of the type, or fewer for integers
 *     of 1 to 31 bits and floats of 16 and 24 bits, which are widened
 * @param compression how blocks are compressed
 * @param predictor what was done to rows before compression
 * @param tiled whether blocks are tiles; otherwise they are strips as wide as the raster
 * @param blockWidth pixels per row of a block
 * @param blockHeight rows of a block; the last strip may have fewer
 * @param planar whether each band has blocks of its own; otherwise samples are interleaved by pixel
 * @param byteOrder byte order of the file
 * @param bigTiff whether the file has 64-bit offsets
 * @param crs coordinate system, when the file names it by an EPSG code
 * @param transform from pixels to the map, when the file has one
 * @param noData value that stands for no data, when the file declares one
 * @param bandNames band descriptions in file order, one per band, empty strings where a band has
 *     none
 * @param scalings scale and offset of GDAL's metadata in file order, one per band; never applied
 */
public record RasterInfo(
    int width,
    int height,
    int bands,
    PixelType pixelType,
    int bitsPerSample,
    Compression compression,
    Predictor predictor,
    boolean tiled,
    int blockWidth,
    int blockHeight,
    boolean planar,
    ByteOrder byteOrder,
    boolean bigTiff,
    Optional<Crs> crs,
    Optional<GeoTransform> transform,
    OptionalDouble noData,
    List<String> bandNames,
    List<Scaling> scalings) {

  /** Copies the lists into immutable ones. */
  public RasterInfo {
    bandNames = List.copyOf(bandNames);
    scalings = List.copyOf(scalings);
  }

  /**
   * The whole raster.
   *
   * @return the window from (0, 0) to the last pixel
   */
  public Window window() {
    return new Window(0, 0, width, height);
  }

  int blocksAcross() {
    return (int) (((long) width + blockWidth - 1) / blockWidth);
  }

  int blocksDown() {
    return (int) (((long) height + blockHeight - 1) / blockHeight);
  }

  /**
   * This overview, which says little about itself, as an image of the same ground as the full one.
   */
  RasterInfo placedAs(RasterInfo full) {
    double across = (double) full.width / width;
    double down = (double) full.height / height;
    return new RasterInfo(
        width,
        height,
        bands,
        pixelType,
        bitsPerSample,
        compression,
        predictor,
        tiled,
        blockWidth,
        blockHeight,
        planar,
        byteOrder,
        bigTiff,
        full.crs,
        full.transform.map(transform -> transform.stretched(across, down)),
        full.noData,
        full.bandNames,
        full.scalings);
  }
}
