package org.csmoe.model.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.csmoe.Backend;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeConfig;
import org.csmoe.LoadReport;
import org.csmoe.Weights;
import org.csmoe.spi.CsMoeProvider;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The implementation on SameDiff, found by ServiceLoader; not for direct use. */
public final class SameDiffProvider implements CsMoeProvider {

  /** For ServiceLoader. */
  public SameDiffProvider() {}

  @Override
  public CsMoe create(CsMoeConfig config, Weights weights, Backend backend, int threads) {
    EncoderGraph network = new EncoderGraph(config);
    Map<String, INDArray> values = new HashMap<>();
    try {
      for (Parameter parameter : network.parameters()) {
        long[] shape = parameter.shape().stream().mapToLong(Long::longValue).toArray();
        values.put(parameter.name(), Nd4j.createUninitialized(DataType.FLOAT, shape));
      }
      LoadReport report = new WeightLoading(config, network.parameters(), values).load(weights);
      return new CsMoeModel(config, network, values, report, Executors.choose(backend, threads));
    } catch (RuntimeException | Error e) {
      List.copyOf(values.values()).forEach(INDArray::close);
      throw e;
    }
  }

  @Override
  public String toJson(CsMoeConfig config) {
    return ConfigJson.write(config);
  }

  @Override
  public CsMoeConfig fromJson(String json) {
    return ConfigJson.read(json);
  }
}
