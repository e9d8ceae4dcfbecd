package org.csmoe.model.internal;

import java.util.Set;
import org.csmoe.Backend;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeConfig;
import org.csmoe.LoadReport;
import org.csmoe.Precision;
import org.csmoe.Weights;
import org.csmoe.compiler.internal.GraphCompiler;
import org.csmoe.spi.CsMoeProvider;

/** The implementation on SameDiff, found by ServiceLoader; not for direct use. */
public final class SameDiffProvider implements CsMoeProvider {

  /** For ServiceLoader. */
  public SameDiffProvider() {}

  @Override
  public CsMoe create(
      CsMoeConfig config, Weights weights, Backend backend, int threads, Precision precision) {
    GraphExecutor executor = Executors.choose(backend, threads, precision);
    EncoderGraph network = new EncoderGraph(config);
    boolean halves = precision == Precision.BF16;
    ParameterValues values =
        ParameterValues.allocate(
            network.parameters(),
            halves ? GraphCompiler.factors(network.graph()) : Set.of(),
            halves ? Set.of() : executor.packable(network.graph()));
    try {
      LoadReport report = new WeightLoading(config, values).load(weights);
      return new CsMoeModel(config, network, values, report, executor);
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
