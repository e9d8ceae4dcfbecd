package org.csmoe.data;

import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;

/**
 * Random changes to samples that keep what they show: crops, flips and quarter turns, alike for
 * both sensors and a mask, and brightness. What happens to a sample is a function of (seed, epoch,
 * index) alone, so that a run can be repeated and continued, whatever the number of threads.
 *
 * <p>A resized crop interpolates images bilinearly between centres of pixels, as PyTorch's {@code
 * interpolate} does with {@code align_corners=False} and without antialiasing, and masks by the
 * nearest pixel; a pixel with a part of NaN is NaN. Immutable, safe for use by several threads.
 *
 * <pre>{@code
 * Augmentation augmentation = Augmentation.flips().withQuarterTurns().withCrop(0.2, 1, 224);
 * Sample sample = augmentation.apply(dataset.get(index), seed, epoch, index);
 * }</pre>
 */
public final class Augmentation {
  /** The range of width by height of crops, as in most training recipes. */
  private static final double MAX_ASPECT = 4.0 / 3;

  private static final int CROP_TRIES = 10;

  private final Flips flips;
  private final Crop crop;
  private final Gain gain;

  private Augmentation(Flips flips, Crop crop, Gain gain) {
    this.flips = flips;
    this.crop = crop;
    this.gain = gain;
  }

  /** Probabilities of flips, and whether to turn as well. */
  private record Flips(double horizontal, double vertical, boolean quarterTurns) {}

  /**
   * Crops of an area between two shares of the image.
   *
   * @param size height and width of the result; 0 for no crops
   */
  private record Crop(double minArea, double maxArea, int size) {
    static final Crop NONE = new Crop(1, 1, 0);
  }

  /** Standard deviations of the logarithms of gains, of an image and of its bands. */
  private record Gain(double image, double band) {
    static final Gain NONE = new Gain(0, 0);
  }

  /**
   * Nothing is changed.
   *
   * @return the augmentation
   */
  public static Augmentation none() {
    return flips(0, 0);
  }

  /**
   * Horizontal and vertical flips, each with probability 0.5.
   *
   * @return the augmentation
   */
  public static Augmentation flips() {
    return flips(0.5, 0.5);
  }

  /**
   * Horizontal and vertical flips.
   *
   * @param horizontal probability that left and right change places
   * @param vertical probability that top and bottom change places
   * @return the augmentation
   * @throws IllegalArgumentException when a probability is not in 0..1
   */
  public static Augmentation flips(double horizontal, double vertical) {
    return new Augmentation(
        new Flips(probability("horizontal", horizontal), probability("vertical", vertical), false),
        Crop.NONE,
        Gain.NONE);
  }

  private static double probability(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must be in 0..1 but was " + value);
    }
    return value;
  }

  /**
   * Turns by 0, 90, 180 or 270 degrees besides, with equal probability; samples that are not square
   * by 0 or 180, so that their size stays.
   *
   * @return the augmentation with turns
   */
  public Augmentation withQuarterTurns() {
    return new Augmentation(new Flips(flips.horizontal(), flips.vertical(), true), crop, gain);
  }

  /**
   * Cuts out a part and resizes it, before flips and turns: of an area drawn evenly between two
   * shares of the whole, and of a width by height between 3/4 and 4/3 drawn evenly on a logarithmic
   * scale. When ten draws do not fit into the image, the largest part of a permitted shape in the
   * middle is taken.
   *
   * @param minArea the smallest share, above 0
   * @param maxArea the largest share, at most 1
   * @param size height and width of the result in pixels
   * @return the augmentation with crops
   * @throws IllegalArgumentException when a value is out of its range
   */
  public Augmentation withCrop(double minArea, double maxArea, int size) {
    if (!(minArea > 0 && minArea <= maxArea && maxArea <= 1)) {
      throw new IllegalArgumentException(
          "minArea and maxArea must be in 0 < minArea <= maxArea <= 1 but were %s and %s"
              .formatted(minArea, maxArea));
    }
    if (size < 1) {
      throw new IllegalArgumentException("size must be at least 1 but was " + size);
    }
    return new Augmentation(flips, new Crop(minArea, maxArea, size), gain);
  }

  /**
   * Makes images brighter or darker: intensities are multiplied by {@code exp(g)}, where g is the
   * sum of a normal number of the image and one of the band. For Sentinel-2 that is a factor of the
   * reflectance, for Sentinel-1, in decibels, the same factor of the backscatter, so {@code 10 g /
   * ln 10} is added. Images of two sensors are changed apart from each other. With few places to
   * train on, a model can otherwise tell the place and remember its colours instead of looking at
   * what it was shown.
   *
   * @param image standard deviation of the image's number, at least 0; 0.3 is about 1.3 dB
   * @param band standard deviation of the bands' numbers, at least 0
   * @return the augmentation with gains
   * @throws IllegalArgumentException when a deviation is negative or not finite
   */
  public Augmentation withGain(double image, double band) {
    if (!(image >= 0 && band >= 0) || Double.isInfinite(image) || Double.isInfinite(band)) {
      throw new IllegalArgumentException(
          "image and band must be finite and not negative but were %s and %s"
              .formatted(image, band));
    }
    return new Augmentation(flips, crop, new Gain(image, band));
  }

  /**
   * Changes a sample.
   *
   * @param sample the sample; a mask must have the size of its images
   * @param seed of the training run
   * @param epoch how often the data set has been gone through before
   * @param index of the sample in its data set
   * @return a new sample of the same id; the images of the old one are not changed
   * @throws IllegalArgumentException when a mask has another size than the images
   */
  public Sample apply(Sample sample, long seed, int epoch, int index) {
    SensorImage first = sample.images().values().iterator().next();
    int width = first.width();
    int height = first.height();
    SplittableRandom random = random(seed, epoch, index);
    // Every option draws from a generator of its own: switching one on leaves the others alone.
    SplittableRandom forCrop = random.split();
    SplittableRandom forFlips = random.split();
    SplittableRandom forTurns = random.split();
    SplittableRandom forGains = random.split();
    boolean crops = crop.size() > 0;
    CropWindow window =
        crops
            ? CropWindow.random(
                forCrop, width, height, crop.minArea(), crop.maxArea(), MAX_ASPECT, CROP_TRIES)
            : CropWindow.whole(width, height);
    int outWidth = crops ? crop.size() : width;
    int outHeight = crops ? crop.size() : height;
    Orientation orientation = orientation(forFlips, forTurns, outWidth == outHeight);
    Map<Sensor, SensorImage> images = new EnumMap<>(Sensor.class);
    for (Sensor sensor : Sensor.values()) {
      // Drawn whether there is an image or not, so that a missing sensor leaves the other alone.
      SplittableRandom forGain = forGains.split();
      if (sample.images().containsKey(sensor)) {
        SensorImage image = sample.image(sensor);
        float[] data = planes(image, window, outWidth, outHeight, orientation);
        brighten(data, image, forGain);
        images.put(sensor, SensorImage.of(sensor, image.bands(), outWidth, outHeight, data));
      }
    }
    Supplier<String> where = () -> "sample " + sample.id();
    Target target =
        sample.target() instanceof Target.Mask mask
            ? mask(
                requireSize(mask, width, height, where), window, outWidth, outHeight, orientation)
            : sample.target();
    return new Sample(sample.id(), images, target);
  }

  private static SplittableRandom random(long seed, int epoch, int index) {
    long state = new SplittableRandom(seed).nextLong() + epoch;
    return new SplittableRandom(new SplittableRandom(state).nextLong() + index);
  }

  private Orientation orientation(
      SplittableRandom forFlips, SplittableRandom forTurns, boolean square) {
    boolean horizontal = forFlips.nextDouble() < flips.horizontal();
    boolean vertical = forFlips.nextDouble() < flips.vertical();
    int drawn = flips.quarterTurns() ? forTurns.nextInt(4) : 0;
    return new Orientation(horizontal, vertical, square ? drawn : drawn / 2 * 2);
  }

  private void brighten(float[] data, SensorImage image, SplittableRandom random) {
    if (gain.equals(Gain.NONE)) {
      return;
    }
    int pixels = data.length / image.bands().size();
    double common = gain.image() * random.nextGaussian();
    for (int band = 0; band < image.bands().size(); band++) {
      double logarithm = common + gain.band() * random.nextGaussian();
      boolean decibels = image.sensor() == Sensor.SENTINEL1;
      float factor = decibels ? 1 : (float) Math.exp(logarithm);
      float summand = decibels ? (float) (10 * logarithm / Math.log(10)) : 0;
      for (int i = band * pixels; i < (band + 1) * pixels; i++) {
        data[i] = data[i] * factor + summand;
      }
    }
  }

  private static float[] planes(
      SensorImage image, CropWindow crop, int width, int height, Orientation orientation) {
    int pixels = width * height;
    float[] data = new float[image.bands().size() * pixels];
    float[] plane = new float[pixels];
    for (int band = 0; band < image.bands().size(); band++) {
      int offset = band * image.width() * image.height();
      crop.bilinear(image.data(), offset, image.width(), plane, width, height);
      for (int i = 0; i < pixels; i++) {
        data[band * pixels + i] = plane[orientation.source(i, width, height)];
      }
    }
    return data;
  }

  private static Target.Mask mask(
      Target.Mask mask, CropWindow crop, int width, int height, Orientation orientation) {
    int[] plane = crop.nearest(mask.classes(), mask.width(), width, height);
    int[] classes = new int[width * height];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = plane[orientation.source(i, width, height)];
    }
    return Target.Mask.of(width, height, classes);
  }

  private static Target.Mask requireSize(
      Target.Mask mask, int width, int height, Supplier<String> where) {
    if (mask.width() != width || mask.height() != height) {
      throw new IllegalArgumentException(
          "%s: mask must be %d x %d like its images but was %d x %d"
              .formatted(where.get(), width, height, mask.width(), mask.height()));
    }
    return mask;
  }

  /**
   * One of the eight ways to lay a square: flips first, then turns against the clock.
   *
   * @param turns by 90 degrees, 0 to 3; odd ones only for squares
   */
  private record Orientation(boolean horizontal, boolean vertical, int turns) {
    /** Which pixel comes to a place of the result. */
    int source(int target, int width, int height) {
      int x = target % width;
      int y = target / width;
      for (int i = 0; i < turns / 2; i++) {
        x = width - 1 - x;
        y = height - 1 - y;
      }
      if (turns % 2 == 1) {
        int row = x;
        x = width - 1 - y;
        y = row;
      }
      x = horizontal ? width - 1 - x : x;
      y = vertical ? height - 1 - y : y;
      return y * width + x;
    }
  }
}
