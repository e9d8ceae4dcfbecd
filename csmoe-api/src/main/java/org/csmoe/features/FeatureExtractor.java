package org.csmoe.features;

import java.util.List;
import java.util.stream.Stream;
import org.csmoe.sensor.SensorImage;

/**
 * Turns images of one sensor into features.
 *
 * <p>Images come in physical units and with their bands named; the bands that the model takes are
 * picked by name, put in its order and normalised with its statistics. A no-data pixel (NaN) enters
 * as the band's mean. Images of another size are refused unless {@link #withResize} says how to
 * resize.
 *
 * <p>Immutable and safe for use by several threads: results are bit for bit those of
 * single-threaded use. Work can be interrupted between batches: the method then throws {@link
 * org.csmoe.CsMoeException} and the thread stays interrupted. All methods throw {@link
 * org.csmoe.BandMismatchException} when an image lacks a band, {@link IllegalArgumentException}
 * when sensor or size do not fit, and {@link IllegalStateException} once the model is closed.
 */
public interface FeatureExtractor {

  /**
   * An extractor that runs so many images at once.
   *
   * @param batchSize images per pass, at least 1; default 8
   * @return a copy
   */
  FeatureExtractor withBatchSize(int batchSize);

  /**
   * An extractor whose batches need no more memory than this: the batch size is halved until {@link
   * #workingBytes} fits. Where the executor does not know its memory before it runs, the batch size
   * stays.
   *
   * @param bytes at most, beside the weights
   * @return a copy
   * @throws IllegalArgumentException when even one image needs more; the message says how much
   */
  FeatureExtractor withMemoryLimit(long bytes);

  /**
   * An extractor that resizes images.
   *
   * @param resize how; default {@link Resize#NONE}
   * @return a copy
   */
  FeatureExtractor withResize(Resize resize);

  /**
   * The CLS token of one image.
   *
   * @param image the image
   * @return {@code [width]}
   */
  default FeatureTensor embed(SensorImage image) {
    return embed(image, Pooling.CLS);
  }

  /**
   * One vector for one image.
   *
   * @param image the image
   * @param pooling how tokens become one vector
   * @return {@code [width]}, or {@code [projection]} for {@link Pooling#CLS_PROJECTED} where the
   *     model has a projection
   */
  default FeatureTensor embed(SensorImage image, Pooling pooling) {
    return embed(List.of(image), pooling).row(0);
  }

  /**
   * One vector per image.
   *
   * @param images the images
   * @param pooling how tokens become one vector
   * @return {@code [images, width]}
   */
  FeatureTensor embed(List<SensorImage> images, Pooling pooling);

  /**
   * One vector per image of an archive, in order, batch by batch: memory holds one batch.
   *
   * @param images any number of images, consumed lazily
   * @param pooling how tokens become one vector
   * @return a lazy sequential stream of {@code [width]}
   */
  Stream<FeatureTensor> embed(Stream<SensorImage> images, Pooling pooling);

  /**
   * The patch tokens after the final norm, as a grid.
   *
   * @param images the images
   * @return {@code [images, rows, columns, width]}
   */
  FeatureTensor tokenGrid(List<SensorImage> images);

  /**
   * Outputs of chosen blocks.
   *
   * @param images the images
   * @param selection which blocks, and how
   * @return one tensor per index of the selection, in its order
   * @throws IllegalArgumentException when an index is out of range
   */
  List<FeatureTensor> intermediates(List<SensorImage> images, LayerSelection selection);

  /**
   * The routing weights of one Soft MoE layer.
   *
   * @param image the image
   * @param layer the block's index, negative from the end
   * @return dispatch and combine weights
   * @throws IllegalArgumentException when the index is out of range or the model is dense
   */
  Routing routing(SensorImage image, int layer);

  /**
   * How the network runs for a batch and where its time goes, for people: after one run on zeros
   * the kernels in their order with mean milliseconds, shapes and implementations, and the memory
   * between them.
   *
   * @param images how many images make a batch, at least 1
   * @return lines of text whose form may change
   * @throws IllegalArgumentException when images is below 1
   */
  String explain(int images);

  /**
   * The memory that a batch needs beside the weights: known exactly from the compiled plan, before
   * it runs. It is less than {@link org.csmoe.cost.ModelCost#peakActivationBytes}, the rule by
   * which models are compared, where operations are fused or work in parts. Each thread that runs
   * at the same time takes as much again.
   *
   * @param images how many images make a batch, at least 1
   * @return bytes; 0 where the executor does not know them before it runs
   * @throws IllegalArgumentException when images is below 1
   */
  long workingBytes(int images);
}
