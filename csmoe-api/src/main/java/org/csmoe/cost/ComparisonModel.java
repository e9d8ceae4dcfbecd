package org.csmoe.cost;

import java.util.function.Consumer;
import org.csmoe.CsMoePreset;
import org.csmoe.sensor.Sensor;

/**
 * The remote sensing foundation models that the paper compares with (Table I), counted from their
 * structure for one Sentinel-2 image. The structures are those of the reference implementations in
 * TerraTorch ({@code terratorch/models/backbones}), TorchGeo ({@code torchgeo/models/dofa.py}),
 * torchvision ({@code swin_transformer.py}) and CSMAE ({@code csmae_backbone.py}). Images are 224 x
 * 224 pixels unless said otherwise.
 */
public enum ComparisonModel {
  /** Prithvi-EO-2.0-300: ViT-L, patches of 16, one frame of 6 bands. */
  PRITHVI_300("Prithvi-EO-2.0-300", tally -> prithvi(tally, 24, 1024, 16, 16)),
  /** Prithvi-EO-2.0-600: ViT-H, patches of 14, one frame of 6 bands. */
  PRITHVI_600("Prithvi-EO-2.0-600", tally -> prithvi(tally, 32, 1280, 16, 14)),
  /** Satlas: Swin V2 base on 9 bands, explicit attention. */
  SATLAS("Satlas Swin-B", SwinV2::countSatlas),
  /** DOFA base: ViT-B, patches of 16, 10 bands whose kernels are made from wavelengths. */
  DOFA("DOFA base", ComparisonModel::dofa),
  /** TerraMind base: 12 layers with SwiGLU and explicit attention, no CLS token, 12 bands. */
  TERRAMIND("TerraMind base", ComparisonModel::terraMind),
  /**
   * CSMAE-SECD: ViT-B with 10 + 2 layers, 10 bands. The published figure is that of 120 x 120
   * pixels and patches of 15, unlike all other rows of Table I.
   */
  CSMAE(
      "CSMAE-SECD",
      tally -> CsMoeCount.count(tally, CsMoePreset.CSMAE_SECD.config(), Sensor.SENTINEL2));

  private static final int IMAGE_SIZE = 224;

  @SuppressWarnings("ImmutableEnumChecker") // a record of numbers and a string
  private final ModelCost cost;

  ComparisonModel(String name, Consumer<Tally> structure) {
    Tally tally = new Tally();
    structure.accept(tally);
    this.cost = tally.cost(name);
  }

  /**
   * What one image costs.
   *
   * @return the counts
   */
  public ModelCost cost() {
    return cost;
  }

  private static void prithvi(Tally tally, int layers, long width, long heads, long patchSize) {
    long patches = patches(patchSize);
    embed(tally, patches, 6 * patchSize * patchSize, width, true);
    tally.parameters(width); // CLS token; the position embeddings are not parameters
    vit(tally, patches + 1, width, heads, layers).norm();
  }

  private static void terraMind(Tally tally) {
    long width = 768;
    long tokens = patches(16);
    embed(tally, tokens, 12 * 16 * 16, width, false);
    tally.parameters(width); // modality embedding; the position embeddings are not parameters
    TransformerBlock block = new TransformerBlock(tally, tokens, width, false);
    for (int layer = 0; layer < 12; layer++) {
      block.attention(12, false);
      block.gatedPerceptron(2048);
    }
    block.norm();
  }

  private static void dofa(Tally tally) {
    long width = 768;
    long bands = 10;
    long pixels = 16 * 16;
    long patches = patches(16);
    dofaKernels(tally, bands, pixels, width);
    tally.product(patches, bands * pixels, width);
    tally.live(2 * patches * bands * pixels); // pixels, pixels in the order of patches
    tally.parameters((patches + 1) * width + width); // position embeddings, CLS token
    vit(tally, patches + 1, width, 12, 12);
    tally.parameters(2 * width + (width + 1) * 45); // final norm and head of 45 classes, never run
  }

  /**
   * DOFA's weight generator: a residual map of wavelength encodings, one post-norm transformer
   * layer over 128 weight tokens, the bands and a bias token, and maps to kernels and to their
   * bias.
   */
  private static void dofaKernels(Tally tally, long bands, long pixels, long width) {
    long encoding = 128;
    long weightTokens = 128;
    long tokens = weightTokens + bands + 1;
    tally.linear(1, bands, encoding, encoding, true);
    tally.linear(1, bands, encoding, encoding, true);
    tally.parameters((weightTokens + 1) * encoding); // weight tokens, bias token
    tally.linear(1, tokens, encoding, 3 * encoding, true);
    tally.fusedAttention(tokens, encoding);
    tally.linear(1, tokens, encoding, encoding, true);
    tally.layerNorm(tokens, encoding, true);
    tally.linear(1, tokens, encoding, 2048, true);
    tally.linear(1, tokens, 2048, encoding, true);
    tally.layerNorm(tokens, encoding, true);
    tally.linear(1, bands, encoding, pixels * width, true);
    tally.linear(1, 1, encoding, width, true);
  }

  private static TransformerBlock vit(
      Tally tally, long tokens, long width, long heads, int layers) {
    TransformerBlock block = new TransformerBlock(tally, tokens, width, true);
    for (int layer = 0; layer < layers; layer++) {
      block.attention(heads, true);
      block.perceptron(4 * width);
    }
    return block;
  }

  private static void embed(Tally tally, long patches, long pixels, long width, boolean bias) {
    tally.linear(1, patches, pixels, width, bias);
    tally.live(2 * patches * pixels); // pixels, pixels in the order of patches
  }

  private static long patches(long patchSize) {
    long grid = IMAGE_SIZE / patchSize;
    return grid * grid;
  }
}
