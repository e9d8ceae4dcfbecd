package org.csmoe.model.internal;

import org.csmoe.Backend;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeConfig;
import org.csmoe.LoadReport;
import org.csmoe.Weights;
import org.csmoe.spi.CsMoeProvider;

/** The implementation on SameDiff, found by ServiceLoader; not for direct use. */
public final class SameDiffProvider implements CsMoeProvider {

  /** For ServiceLoader. */
  public SameDiffProvider() {}

  @Override
  public CsMoe create(CsMoeConfig config, Weights weights, Backend backend, int threads) {
    EncoderGraph network = new EncoderGraph(config);
    ParameterValues values = ParameterValues.allocate(network.parameters());
    try {
      LoadReport report = new WeightLoading(config, values).load(weights);
      return new CsMoeModel(config, network, values, report, Executors.choose(backend, threads));
    } catch (RuntimeException | Error e) {
      values.close();
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
