package org.csmoe.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ComparisonModelTest {

  @ParameterizedTest
  @CsvSource({
    "PRITHVI_300,  59849712640, 303.89,  61.71",
    "PRITHVI_600, 162182682880, 631.19, 167.49",
    "SATLAS,       17120062464,  87.94,  17.09",
    "DOFA,         17469882112, 111.35,  18.17",
    "TERRAMIND,    17836514304,  87.31,  17.82",
    "CSMAE,         5637834240,  86.84,   5.71",
  })
  void eachModelCostsWhatItsReferenceImplementationDoes(
      ComparisonModel model, long flops, double millions, double billions) {
    ModelCost cost = model.cost();

    assertThat(cost.flops()).isEqualTo(flops);
    // The expected values have two decimals.
    assertThat(cost.parameters() / 1e6).isCloseTo(millions, within(0.005));
    assertThat(cost.macs() / 1e9).isCloseTo(billions, within(0.005));
  }

  @ParameterizedTest
  @EnumSource
  void eachModelHasActivationsAndAName(ComparisonModel model) {
    assertThat(model.cost().peakActivations()).isPositive();
    assertThat(model.cost().name()).isNotBlank();
  }

  /** The reference value is that of fvcore's issue 129. */
  @Test
  void theRuleOfFvcoreHoldsToTheLastDigitForAVisionTransformer() {
    Tally tally = new Tally();
    tally.linear(1, 196, 3 * 16 * 16, 192, true);
    TransformerBlock block = new TransformerBlock(tally, 197, 192, true);
    for (int layer = 0; layer < 12; layer++) {
      block.attention(3, false);
      block.perceptron(768);
    }
    block.norm();
    tally.linear(1, 1, 192, 2, true);

    assertThat(tally.cost("vit_tiny_patch16_224, 2 classes").flops()).isEqualTo(1_258_219_584L);
  }

  @Test
  void tableOneAndTableFourArePrintedDigitForDigit() {
    assertThat(PaperRow.tableI()).hasSize(7).allSatisfy(this::agreesWithThePrintedDigits);
    assertThat(PaperRow.tableIV()).hasSize(4).allSatisfy(this::agreesWithThePrintedDigits);
  }

  private void agreesWithThePrintedDigits(PaperRow row) {
    ModelCost computed = row.computed();
    assertThat(Math.round(computed.parameters() / 1e6)).isEqualTo(row.parametersInMillions());
    assertThat(Math.round(computed.flops() / 1e7) / 100.0).isEqualTo(row.flopsInBillions());
    assertThat(computed.c2cAsPublished()).isEqualTo(row.c2c());
  }

  @Test
  void tableOneHasTheRowsOfThePaperInItsOrder() {
    assertThat(PaperRow.tableI())
        .extracting(PaperRow::name)
        .isEqualTo(
            List.of(
                "Prithvi V2-300",
                "Prithvi V2-600",
                "Satlas",
                "DOFA",
                "TerraMind",
                "CSMAE",
                "CSMoE, patch size 16"));
    assertThat(PaperRow.tableI())
        .extracting(PaperRow::multiModal)
        .containsExactly(false, false, false, true, true, true, true);
  }
}
