package org.csmoe.features;

/** What happens to an image whose size is not the model's. */
public enum Resize {
  /** It is refused. */
  NONE,
  /** Nearest neighbour: the pixel under the centre of the output pixel. */
  NEAREST,
  /**
   * Bilinear with antialiasing when shrinking, as torchvision's {@code Resize}; no-data pixels do
   * not contribute.
   */
  BILINEAR,
  /**
   * Bicubic (a = -0.5) with antialiasing when shrinking, as torchvision's {@code Resize}; bilinear
   * where no-data pixels lie under the kernel. Values may lie outside the range of the image's.
   */
  BICUBIC
}
