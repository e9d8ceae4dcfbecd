package org.csmoe.model.internal;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.EnumMap;
import java.util.Map;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoePreset;
import org.csmoe.DispatchInput;
import org.csmoe.FeedForward;
import org.csmoe.RoutingNorm;
import org.csmoe.Slots;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.BandStatistics;
import org.csmoe.sensor.BandStatistics.Moments;
import org.csmoe.weights.Checkpoint;

/** Configurations and tensors of golden files, as the scripts under src/test/python write them. */
public final class GoldenConfig {
  private GoldenConfig() {}

  /** A tensor of a golden file. */
  public static float[] tensor(Checkpoint golden, String name) throws IOException {
    FloatBuffer values =
        FloatBuffer.allocate((int) requireNonNull(golden.tensors().get(name), name).elementCount());
    golden.read(name, values);
    return values.array();
  }

  /** The configuration of the encoder, whose pixels are normalised already. */
  public static CsMoeConfig read(String text) throws IOException {
    JsonNode json = new ObjectMapper().readTree(text);
    Map<Band, Moments> identity = new EnumMap<>(Band.class);
    for (Band band : Band.values()) {
      identity.put(band, new Moments(0, 1));
    }
    int slots = json.get("slots").asInt();
    return CsMoePreset.CSMOE_TINY.config().toBuilder()
        .imageSize(json.get("image").asInt())
        .patchSize(json.get("patch").asInt())
        .width(json.get("width").asInt())
        .heads(json.get("heads").asInt())
        .sensorLayers(json.get("sensor_layers").asInt())
        .sharedLayers(json.get("shared_layers").asInt())
        .feedForward(FeedForward.valueOf(json.get("feed_forward").asText()))
        .experts(json.get("experts").asInt())
        .slots(slots == 0 ? Slots.dynamic() : Slots.fixed(slots))
        .routingNorm(RoutingNorm.valueOf(json.get("norm").asText()))
        .dispatchInput(DispatchInput.valueOf(json.get("dispatch").asText()))
        .dispatchTemperature(json.get("temperature").asDouble())
        .projection(json.get("projection").asInt())
        .poolNorm(json.get("pool_norm").asBoolean())
        .statistics(new BandStatistics("identity", identity))
        .buildConfig();
  }
}
