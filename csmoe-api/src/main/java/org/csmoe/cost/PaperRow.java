package org.csmoe.cost;

import java.util.List;
import org.csmoe.CsMoePreset;
import org.csmoe.sensor.Sensor;

/**
 * One row of the paper's Table I or Table IV: the figures as printed, and the cost computed here.
 *
 * @param name the model as the paper names it
 * @param multiModal whether one model takes several modalities
 * @param parametersInMillions parameters as printed, in millions
 * @param flopsInBillions FLOPs of one image as printed, in billions
 * @param c2c capacity-to-compute ratio as printed, millions of parameters per billion FLOPs
 * @param pretrainingPixels pixels of the pretraining data as printed; for CSMoE at every patch size
 *     those of Table I
 * @param computed what the structure of the model costs
 */
public record PaperRow(
    String name,
    boolean multiModal,
    int parametersInMillions,
    double flopsInBillions,
    double c2c,
    double pretrainingPixels,
    ModelCost computed) {
  private static final List<PaperRow> TABLE_IV =
      List.of(
          csmoe(CsMoePreset.CSMOE_P32, 277, 2.92, 94.86),
          csmoe(CsMoePreset.CSMOE_P28, 275, 3.67, 74.93),
          csmoe(CsMoePreset.CSMOE_P16, 271, 10.11, 26.81),
          csmoe(CsMoePreset.CSMOE_P14, 271, 13.40, 20.22));

  private static final List<PaperRow> TABLE_I =
      List.of(
          other("Prithvi V2-300", false, 304, 59.85, 5.08, 210.7e9, ComparisonModel.PRITHVI_300),
          other("Prithvi V2-600", false, 631, 162.18, 3.89, 210.7e9, ComparisonModel.PRITHVI_600),
          other("Satlas", false, 88, 17.12, 5.14, 14.6e12, ComparisonModel.SATLAS),
          other("DOFA", true, 111, 17.47, 6.35, 20.6e9, ComparisonModel.DOFA),
          other("TerraMind", true, 87, 17.84, 4.88, 451.6e9, ComparisonModel.TERRAMIND),
          other("CSMAE", true, 87, 5.64, 15.43, 3.9e9, ComparisonModel.CSMAE),
          csmoe(CsMoePreset.CSMOE_P16, 271, 10.11, 26.81));

  /**
   * Table I: CSMoE with patches of 16 among other foundation models.
   *
   * @return seven rows in the paper's order
   */
  public static List<PaperRow> tableI() {
    return TABLE_I;
  }

  /**
   * Table IV: CSMoE with patches of 32, 28, 16 and 14 pixels.
   *
   * @return four rows in the paper's order
   */
  public static List<PaperRow> tableIV() {
    return TABLE_IV;
  }

  private static PaperRow csmoe(CsMoePreset preset, int millions, double billions, double c2c) {
    return new PaperRow(
        "CSMoE, patch size " + preset.config().patchSize(),
        true,
        millions,
        billions,
        c2c,
        14.5e9,
        ModelCost.of(preset.config(), Sensor.SENTINEL2));
  }

  private static PaperRow other(
      String name,
      boolean multiModal,
      int millions,
      double billions,
      double c2c,
      double pixels,
      ComparisonModel model) {
    return new PaperRow(name, multiModal, millions, billions, c2c, pixels, model.cost());
  }
}
