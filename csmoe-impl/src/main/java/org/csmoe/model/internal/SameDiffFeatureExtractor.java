package org.csmoe.model.internal;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoeException;
import org.csmoe.FeedForward;
import org.csmoe.compiler.internal.Signature;
import org.csmoe.features.FeatureExtractor;
import org.csmoe.features.FeatureTensor;
import org.csmoe.features.LayerSelection;
import org.csmoe.features.Pooling;
import org.csmoe.features.Resize;
import org.csmoe.features.Routing;
import org.csmoe.features.TokenLayout;
import org.csmoe.model.internal.EncoderGraph.Names;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;

/** Prepares batches, runs the network, and copies what was asked for out of native memory. */
final class SameDiffFeatureExtractor implements FeatureExtractor {
  private final CsMoeModel model;
  private final CsMoeConfig config;
  private final Sensor sensor;
  private final Names names;
  private final int batchSize;
  private final Resize resize;
  private final ImagePreparation preparation;

  SameDiffFeatureExtractor(CsMoeModel model, Sensor sensor, int batchSize, Resize resize) {
    this.model = model;
    this.config = model.config();
    this.sensor = sensor;
    this.names = Names.of(sensor);
    this.batchSize = batchSize;
    this.resize = resize;
    this.preparation = new ImagePreparation(sensor, config, resize);
  }

  @Override
  public FeatureExtractor withBatchSize(int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batchSize must be at least 1 but was " + batchSize);
    }
    return new SameDiffFeatureExtractor(model, sensor, batchSize, resize);
  }

  @Override
  public FeatureExtractor withMemoryLimit(long bytes) {
    int images = batchSize;
    long needed = workingBytes(images);
    while (needed > bytes && images > 1) {
      images = (images + 1) / 2;
      needed = workingBytes(images);
    }
    if (needed > bytes) {
      throw new IllegalArgumentException(
          "memory limit must be at least %,d bytes, what one image needs, but was %,d"
              .formatted(needed, bytes));
    }
    return withBatchSize(images);
  }

  @Override
  public FeatureExtractor withResize(Resize resize) {
    return new SameDiffFeatureExtractor(model, sensor, batchSize, resize);
  }

  @Override
  public FeatureTensor embed(List<SensorImage> images, Pooling pooling) {
    String output = output(pooling);
    int width = pooledWidth(pooling);
    float[] result = run(images, List.of(output), width).get(0);
    if (pooling == Pooling.CLS_NORMALISED || pooling == Pooling.CLS_PROJECTED) {
      normaliseRows(result, width);
    }
    return FeatureTensor.of(result, images.size(), width);
  }

  @Override
  public Stream<FeatureTensor> embed(Stream<SensorImage> images, Pooling pooling) {
    Iterator<SensorImage> source = images.iterator();
    Iterator<List<SensorImage>> batches =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return source.hasNext();
          }

          @Override
          public List<SensorImage> next() {
            List<SensorImage> batch = new ArrayList<>(batchSize);
            while (batch.size() < batchSize && source.hasNext()) {
              batch.add(source.next());
            }
            return batch;
          }
        };
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(batches, Spliterator.ORDERED), false)
        .flatMap(
            batch -> {
              FeatureTensor rows = embed(batch, pooling);
              return Stream.iterate(0, i -> i < batch.size(), i -> i + 1).map(rows::row);
            })
        .onClose(images::close);
  }

  @Override
  public FeatureTensor tokenGrid(List<SensorImage> images) {
    int grid = config.grid();
    int width = config.width();
    float[] tokens =
        run(images, List.of(names.normalisedLayer(config.layers() - 1)), config.tokens() * width)
            .get(0);
    return FeatureTensor.of(withoutCls(tokens, images.size()), images.size(), grid, grid, width);
  }

  @Override
  public List<FeatureTensor> intermediates(List<SensorImage> images, LayerSelection selection) {
    int width = config.width();
    int tokens = config.tokens();
    List<String> outputs =
        selection.indices().stream()
            .map(this::layer)
            .map(i -> selection.norm() ? names.normalisedLayer(i) : names.layer(i))
            .toList();
    List<FeatureTensor> results = new ArrayList<>();
    for (float[] rows : run(images, outputs, tokens * width)) {
      if (selection.cls()) {
        results.add(FeatureTensor.of(rows, images.size(), tokens, width));
      } else {
        float[] patches = withoutCls(rows, images.size());
        results.add(
            selection.layout() == TokenLayout.NLC
                ? FeatureTensor.of(patches, images.size(), tokens - 1, width)
                : FeatureTensor.of(
                    channelsFirst(patches, images.size()),
                    images.size(),
                    width,
                    config.grid(),
                    config.grid()));
      }
    }
    return results;
  }

  @Override
  public Routing routing(SensorImage image, int layer) {
    if (config.feedForward() == FeedForward.DENSE) {
      throw new IllegalArgumentException(
          "routing needs feedForward SOFT_MOE but the model's is DENSE");
    }
    int index = layer(layer);
    int tokens = config.tokens();
    int slots = config.slotsPerExpert();
    int all = slots * config.experts();
    List<float[]> weights =
        run(List.of(image), List.of(names.dispatch(index), names.combine(index)), tokens * all);
    return new Routing(index, config.grid(), byExpert(weights.get(0)), byExpert(weights.get(1)));
  }

  @Override
  public String explain(int images) {
    if (images < 1) {
      throw new IllegalArgumentException("images must be at least 1 but was " + images);
    }
    Signature signature = signature(images, List.of(names.cls()));
    model.run(
        signature,
        inputs -> {
          FloatBuffer zeros = inputs.get(names.image());
          while (zeros.hasRemaining()) {
            zeros.put(0);
          }
        },
        outputs -> {});
    return model.explain(signature);
  }

  @Override
  public long workingBytes(int images) {
    if (images < 1) {
      throw new IllegalArgumentException("images must be at least 1 but was " + images);
    }
    return model.workingBytes(signature(images, List.of(names.cls())));
  }

  private Signature signature(int images, List<String> outputs) {
    long size = config.imageSize();
    long bands = config.bands(sensor).size();
    return new Signature(Map.of(names.image(), List.of((long) images, bands, size, size)), outputs);
  }

  /** From the graph's {@code slot * experts + expert} to {@code [tokens, experts, slots]}. */
  private FeatureTensor byExpert(float[] weights) {
    int experts = config.experts();
    int slots = config.slotsPerExpert();
    int tokens = config.tokens();
    float[] result = new float[weights.length];
    for (int t = 0; t < tokens; t++) {
      for (int e = 0; e < experts; e++) {
        for (int s = 0; s < slots; s++) {
          result[(t * experts + e) * slots + s] = weights[(t * slots + s) * experts + e];
        }
      }
    }
    return FeatureTensor.of(result, tokens, experts, slots);
  }

  private int layer(int index) {
    int layers = config.layers();
    if (index < -layers || index >= layers) {
      throw new IllegalArgumentException(
          "layer must be between %d and %d but was %d".formatted(-layers, layers - 1, index));
    }
    return index < 0 ? index + layers : index;
  }

  private String output(Pooling pooling) {
    return switch (pooling) {
      case CLS, CLS_NORMALISED -> names.cls();
      case MEAN_PATCHES -> names.meanPatches();
      case MEAN_ALL -> names.meanAll();
      case CLS_PROJECTED -> config.projection() > 0 ? names.projected() : names.cls();
    };
  }

  private int pooledWidth(Pooling pooling) {
    return pooling == Pooling.CLS_PROJECTED && config.projection() > 0
        ? config.projection()
        : config.width();
  }

  /** Runs all images batch by batch; each output has {@code length} values per image. */
  private List<float[]> run(List<SensorImage> images, List<String> outputs, int length) {
    images.forEach(preparation::check);
    List<String> distinct = outputs.stream().distinct().toList();
    List<float[]> results = new ArrayList<>();
    for (int i = 0; i < distinct.size(); i++) {
      results.add(new float[Math.multiplyExact(images.size(), length)]);
    }
    for (int first = 0; first < images.size(); first += batchSize) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CsMoeException(
            "interrupted after %d of %d images".formatted(first, images.size()));
      }
      List<SensorImage> batch = images.subList(first, Math.min(images.size(), first + batchSize));
      runBatch(batch, distinct, results, first * length);
    }
    return outputs.stream().map(name -> results.get(distinct.indexOf(name))).toList();
  }

  private void runBatch(
      List<SensorImage> batch, List<String> outputs, List<float[]> results, int offset) {
    model.run(
        signature(batch.size(), outputs),
        inputs -> {
          FloatBuffer pixels = inputs.get(names.image());
          batch.forEach(image -> preparation.write(image, pixels));
        },
        found -> {
          for (int i = 0; i < outputs.size(); i++) {
            FloatBuffer values = found.get(outputs.get(i));
            values.get(results.get(i), offset, values.limit());
          }
        });
  }

  private float[] withoutCls(float[] rows, int images) {
    int width = config.width();
    int patches = config.tokens() - 1;
    float[] result = new float[images * patches * width];
    for (int i = 0; i < images; i++) {
      System.arraycopy(
          rows, (i * (patches + 1) + 1) * width, result, i * patches * width, patches * width);
    }
    return result;
  }

  private float[] channelsFirst(float[] patches, int images) {
    int width = config.width();
    int count = config.tokens() - 1;
    float[] result = new float[patches.length];
    for (int i = 0; i < images; i++) {
      for (int p = 0; p < count; p++) {
        for (int c = 0; c < width; c++) {
          result[(i * width + c) * count + p] = patches[(i * count + p) * width + c];
        }
      }
    }
    return result;
  }

  private static void normaliseRows(float[] rows, int width) {
    for (int offset = 0; offset < rows.length; offset += width) {
      double squares = 0;
      for (int i = offset; i < offset + width; i++) {
        squares += (double) rows[i] * rows[i];
      }
      float scale = (float) (1 / Math.max(Math.sqrt(squares), 1e-12));
      for (int i = offset; i < offset + width; i++) {
        rows[i] *= scale;
      }
    }
  }
}
