package org.csmoe.datasets;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.csmoe.CsMoeException;
import org.csmoe.data.Sample;
import org.csmoe.io.Failures;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;
import org.csmoe.weights.Checkpoint;
import org.csmoe.weights.DType;
import org.csmoe.weights.TensorInfo;

/**
 * BigEarthNet v2 as rico-hdl writes it: values are safetensors of one tensor per band, uint16 of
 * 120, 60 or 20 pixels or float32 decibels, by the names of patches.
 */
final class BigEarthNetLmdb {
  private static final int MAX_EDGE = 4096;

  private BigEarthNetLmdb() {}

  static Places find(DatasetBuilder.Request request) {
    LmdbFile file = LmdbFile.open(request.folder());
    try {
      Set<String> keys = new HashSet<>();
      file.forEachKey(key -> keys.add(new String(key, StandardCharsets.ISO_8859_1)));
      List<Place> places =
          BigEarthNetTable.pairs(
              request, sensor -> keys, patch -> new LmdbPlace(file, patch, request.sensors()));
      return new Places(BigEarthNetMetadata.CLASSES, places, file::close);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private record LmdbPlace(LmdbFile file, BigEarthNetPatch patch, Set<Sensor> sensors)
      implements Place {
    @Override
    public String id() {
      return patch.id();
    }

    @Override
    public Optional<DatasetSplit> split() {
      return Optional.of(patch.split());
    }

    @Override
    public Sample read() {
      Map<Sensor, SensorImage> images = new EnumMap<>(Sensor.class);
      for (Sensor sensor : sensors) {
        String key = sensor == Sensor.SENTINEL2 ? patch.id() : patch.s1Name().orElse("");
        ByteBuffer value =
            file.get(key.getBytes(StandardCharsets.ISO_8859_1))
                .orElseThrow(
                    () ->
                        new CsMoeException(
                            "%s: found no key %s, which was there".formatted(file.path(), key)));
        images.put(sensor, image("%s key %s".formatted(file.path(), key), value, sensor));
      }
      return new Sample(id(), images, patch.labels());
    }
  }

  /** The sensor's default bands, coarser ones repeated on the grid of the finest. */
  static SensorImage image(String name, ByteBuffer value, Sensor sensor) {
    List<Band> bands = sensor.defaultBands();
    try (Checkpoint file = Checkpoint.safetensors(name, value)) {
      int edge = bands.stream().mapToInt(band -> edge(name, file, band)).max().orElseThrow();
      float[] data = new float[bands.size() * edge * edge];
      for (int i = 0; i < bands.size(); i++) {
        read(name, file, bands.get(i), edge, data, i * edge * edge);
      }
      return SensorImage.of(sensor, bands, edge, edge, data);
    } catch (IOException e) {
      throw Failures.of(name, "cannot be read", e);
    }
  }

  private static int edge(String name, Checkpoint file, Band band) {
    TensorInfo info = file.tensors().get(band.name());
    DType type = band.sensor() == Sensor.SENTINEL1 ? DType.F32 : DType.U16;
    if (info == null
        || info.dtype() != type
        || info.shape().size() != 2
        || !info.shape().get(0).equals(info.shape().get(1))
        || info.shape().get(0) < 1
        || info.shape().get(0) > MAX_EDGE) {
      throw new CsMoeException(
          "%s: found %s for band %s among %s, expected a square of %s, at most %d wide"
              .formatted(name, info, band, file.tensors().keySet(), type, MAX_EDGE));
    }
    return Math.toIntExact(info.shape().get(0));
  }

  private static void read(
      String name, Checkpoint file, Band band, int edge, float[] target, int offset)
      throws IOException {
    int own = edge(name, file, band);
    if (edge % own != 0) {
      throw new CsMoeException(
          "%s: found band %s of %d pixels, expected a whole fraction of %d"
              .formatted(name, band, own, edge));
    }
    float[] pixels = new float[own * own];
    file.read(band.name(), FloatBuffer.wrap(pixels));
    int factor = edge / own;
    boolean zeroIsNoData = band.sensor() == Sensor.SENTINEL2;
    for (int y = 0; y < edge; y++) {
      for (int x = 0; x < edge; x++) {
        float pixel = pixels[y / factor * own + x / factor];
        boolean missing = Float.isInfinite(pixel) || (zeroIsNoData && pixel == 0);
        target[offset + y * edge + x] = missing ? Float.NaN : pixel;
      }
    }
  }
}
