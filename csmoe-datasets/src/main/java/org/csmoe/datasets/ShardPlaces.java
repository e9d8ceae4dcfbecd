package org.csmoe.datasets;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.csmoe.CsMoeException;
import org.csmoe.data.Sample;
import org.csmoe.data.Target;
import org.csmoe.sampling.patches.PatchShards;
import org.csmoe.sampling.patches.Split;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;

/** Patches that csmoe patches cut. */
final class ShardPlaces {
  private ShardPlaces() {}

  static Places find(DatasetBuilder.Request request) {
    PatchShards shards = PatchShards.open(request.folder());
    Set<Sensor> sensors = request.sensors();
    List<Sensor> there =
        sensors.stream().filter(sensor -> !shards.bands(sensor).isEmpty()).sorted().toList();
    if (there.isEmpty()) {
      shards.close();
      throw new CsMoeException(
          "%s: found no patches of %s, expected some".formatted(request.folder(), sensors));
    }
    List<Place> places =
        IntStream.range(0, shards.size())
            .<Place>mapToObj(patch -> new ShardPlace(shards, patch, there))
            .toList();
    return new Places(List.of(), places, shards::close);
  }

  private record ShardPlace(PatchShards shards, int patch, List<Sensor> sensors) implements Place {
    @Override
    public String id() {
      return shards.describe(patch).id();
    }

    @Override
    public Optional<DatasetSplit> split() {
      return Optional.of(
          shards.split(patch) == Split.TRAIN ? DatasetSplit.TRAIN : DatasetSplit.VALIDATION);
    }

    @Override
    public Sample read() {
      Map<Sensor, SensorImage> images = new EnumMap<>(Sensor.class);
      for (Sensor sensor : sensors) {
        float[] data = new float[shards.values(sensor)];
        shards.read(patch, sensor, data, 0);
        int size = shards.patchSize();
        images.put(sensor, SensorImage.of(sensor, shards.bands(sensor), size, size, data));
      }
      return new Sample(id(), images, Target.none());
    }
  }
}
