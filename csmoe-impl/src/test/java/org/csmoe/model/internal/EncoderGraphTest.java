package org.csmoe.model.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.csmoe.CsMoePreset;
import org.csmoe.sensor.Sensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

class EncoderGraphTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "CSMOE_P32, 277106688",
    "CSMOE_P28, 275275008",
    "CSMOE_P16, 271321344",
    "CSMOE_P14, 270906624",
    "CSMAE_SECD, 86836992"
  })
  void theGraphOfTheSentinel2PathDeclaresThePublishedNumberOfParameters(
      CsMoePreset preset, long parameters) {
    EncoderGraph network =
        new EncoderGraph(preset.config().toBuilder().onlySensor(Sensor.SENTINEL2).buildConfig());
    assertThat(network.parameters().stream().mapToLong(Parameter::size).sum())
        .isEqualTo(parameters);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "CSMOE_P32, 2920605696, 2938515456",
    "CSMOE_P28, 3670060032, 3702346752",
    "CSMOE_P16, 10108541952, 10446468096",
    "CSMOE_P14, 13395667968, 13978555392",
    "CSMAE_SECD, 5637834240, 0"
  })
  void theOperationsThatRunForOneImageAddUpToThePublishedFlops(
      CsMoePreset preset, long flops, long macs) {
    EncoderGraph network =
        new EncoderGraph(preset.config().toBuilder().onlySensor(Sensor.SENTINEL2).buildConfig());
    ParameterValues values = ParameterValues.allocate(network.parameters());
    values.parameters().forEach(parameter -> values.array(parameter).assign(0));
    values.bind(network.graph());
    Counter counter = new Counter(preset.config().width());
    network.graph().setListeners(counter);
    EncoderGraph.Names names = EncoderGraph.Names.of(Sensor.SENTINEL2);
    int size = preset.config().imageSize();
    try (INDArray image = Nd4j.create(DataType.FLOAT, 1, 10, size, size)) {
      Runs.run(
          new SameDiffExecutor(new Cores(0)),
          network.graph(),
          Map.of(names.image(), image),
          List.of(names.cls()));
    }
    values.close();
    assertThat(counter.flops).isEqualTo(flops);
    if (macs > 0) {
      assertThat(counter.macs).isEqualTo(macs);
    }
  }

  /**
   * fvcore's rule: products count, but not those of fused attention; a LayerNorm is 5 per value.
   */
  private static final class Counter extends BaseListener {
    private final long width;
    private long flops;
    private long macs;

    Counter(long width) {
      this.width = width;
    }

    @Override
    public boolean isActive(Operation operation) {
      return true;
    }

    @Override
    public void opExecution(
        SameDiff graph,
        At at,
        MultiDataSet batch,
        SameDiffOp op,
        OpContext context,
        INDArray[] outputs) {
      String name = op.getOp().opName();
      if (name.equals("matmul")) {
        boolean transposed = context.getIArguments().get(0) == 1;
        INDArray left = context.getInputArray(0);
        long inner = left.size(left.rank() - (transposed ? 2 : 1));
        long count = outputs[0].length() * inner;
        macs += count;
        flops += left.rank() == 4 ? 0 : count;
      } else if (name.equals("rsqrt")) {
        flops += 5 * outputs[0].length() * width;
      }
    }
  }
}
