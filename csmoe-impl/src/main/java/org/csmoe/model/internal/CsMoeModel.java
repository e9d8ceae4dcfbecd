package org.csmoe.model.internal;

import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoeException;
import org.csmoe.LoadReport;
import org.csmoe.compiler.internal.Signature;
import org.csmoe.compiler.internal.Tensors;
import org.csmoe.features.FeatureExtractor;
import org.csmoe.features.Resize;
import org.csmoe.sensor.Sensor;
import org.nd4j.autodiff.samediff.SameDiff;

/** A network with its weights and its executor. */
final class CsMoeModel implements CsMoe {
  private final CsMoeConfig config;
  private final EncoderGraph network;
  private final ParameterValues values;
  private final LoadReport report;
  private final GraphExecutor executor;
  private final ReadWriteLock open = new ReentrantReadWriteLock();
  private boolean closed;

  CsMoeModel(
      CsMoeConfig config,
      EncoderGraph network,
      ParameterValues values,
      LoadReport report,
      GraphExecutor executor) {
    this.config = config;
    this.network = network;
    this.values = values;
    this.report = report;
    this.executor = executor;
    values.bind(network.graph());
  }

  @Override
  public CsMoeConfig config() {
    return config;
  }

  @Override
  public LoadReport loadReport() {
    return report;
  }

  @Override
  public FeatureExtractor features(Sensor sensor) {
    config.bands(sensor);
    return new SameDiffFeatureExtractor(this, sensor, 8, Resize.NONE);
  }

  /** Runs the network. Closing the model waits until it is done. */
  void run(Signature signature, Consumer<Tensors> write, Consumer<Tensors> read) {
    whileOpen(
        () -> {
          executor.run(network.graph(), packed(signature), write, read);
          return signature;
        });
  }

  /** How {@link #run} runs. */
  String explain(Signature signature) {
    return whileOpen(() -> executor.explain(network.graph(), packed(signature), Optional.empty()));
  }

  /** The memory that {@link #run} needs; 0 where it is not known before. */
  long workingBytes(Signature signature) {
    return whileOpen(() -> executor.workingBytes(network.graph(), packed(signature)));
  }

  private Signature packed(Signature signature) {
    return signature.withPacked(values.packed());
  }

  private <T> T whileOpen(Supplier<T> work) {
    open.readLock().lock();
    try {
      requireOpen();
      return work.get();
    } finally {
      open.readLock().unlock();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the model is closed");
    }
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    if (type.isInstance(network.graph())) {
      // Whoever reads or changes the arrays expects them row by row.
      alone(values::unpack);
      return type.cast(network.graph());
    }
    throw new CsMoeException(
        "cannot unwrap %s; this model has %s".formatted(type.getName(), SameDiff.class.getName()));
  }

  @Override
  public void close() {
    alone(
        () -> {
          if (!closed) {
            closed = true;
            executor.close();
            values.close();
          }
        });
  }

  private void alone(Runnable work) {
    open.writeLock().lock();
    try {
      work.run();
    } finally {
      open.writeLock().unlock();
    }
  }
}
