package org.csmoe.data;

import java.util.SplittableRandom;

/**
 * A part of an image and how it is resized.
 *
 * @param x first column
 * @param y first row
 * @param width columns
 * @param height rows
 */
record CropWindow(int x, int y, int width, int height) {

  static CropWindow whole(int width, int height) {
    return new CropWindow(0, 0, width, height);
  }

  /** A part by area and shape; the largest permitted one in the middle when no draw fits. */
  static CropWindow random(
      SplittableRandom random,
      int imageWidth,
      int imageHeight,
      double minArea,
      double maxArea,
      double maxAspect,
      int tries) {
    double pixels = (double) imageWidth * imageHeight;
    for (int i = 0; i < tries; i++) {
      double area = pixels * (minArea + (maxArea - minArea) * random.nextDouble());
      double aspect = Math.pow(maxAspect, 2 * random.nextDouble() - 1);
      int width = (int) Math.round(Math.sqrt(area * aspect));
      int height = (int) Math.round(Math.sqrt(area / aspect));
      if (width > 0 && height > 0 && width <= imageWidth && height <= imageHeight) {
        return new CropWindow(
            random.nextInt(imageWidth - width + 1),
            random.nextInt(imageHeight - height + 1),
            width,
            height);
      }
    }
    int width = Math.min(imageWidth, Math.max(1, (int) Math.round(imageHeight * maxAspect)));
    int height = Math.min(imageHeight, Math.max(1, (int) Math.round(imageWidth * maxAspect)));
    return new CropWindow((imageWidth - width) / 2, (imageHeight - height) / 2, width, height);
  }

  /** Resizes the part of a plane; exact when the size stays. */
  void bilinear(
      float[] source, int offset, int stride, float[] target, int outWidth, int outHeight) {
    for (int row = 0; row < outHeight; row++) {
      double sourceY = position(row, outHeight, height);
      int top = (int) sourceY;
      int bottom = Math.min(top + 1, height - 1);
      double down = sourceY - top;
      for (int column = 0; column < outWidth; column++) {
        double sourceX = position(column, outWidth, width);
        int left = (int) sourceX;
        int right = Math.min(left + 1, width - 1);
        double across = sourceX - left;
        int upper = offset + (y + top) * stride + x;
        int lower = offset + (y + bottom) * stride + x;
        target[row * outWidth + column] =
            (float)
                mix(
                    mix(source[upper + left], source[upper + right], across),
                    mix(source[lower + left], source[lower + right], across),
                    down);
      }
    }
  }

  /** Where the centre of a resized pixel lies among the centres of the part's pixels. */
  private static double position(int index, int outLength, int length) {
    return Math.min(length - 1.0, Math.max(0, (index + 0.5) * length / outLength - 0.5));
  }

  /** A neighbour without weight has no say, not even when it is NaN. */
  private static double mix(double first, double second, double share) {
    return share == 0 ? first : first + (second - first) * share;
  }

  /** Resizes the part of a mask: the pixel that the centre of the resized one lies in. */
  int[] nearest(int[] source, int stride, int outWidth, int outHeight) {
    int[] target = new int[outWidth * outHeight];
    for (int row = 0; row < outHeight; row++) {
      int sourceY = y + (int) ((row + 0.5) * height / outHeight);
      for (int column = 0; column < outWidth; column++) {
        int sourceX = x + (int) ((column + 0.5) * width / outWidth);
        target[row * outWidth + column] = source[sourceY * stride + sourceX];
      }
    }
    return target;
  }
}
