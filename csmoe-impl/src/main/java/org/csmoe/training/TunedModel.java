package org.csmoe.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoeException;
import org.csmoe.data.Sample;
import org.csmoe.features.Resize;
import org.csmoe.model.internal.EncoderGraph;
import org.csmoe.model.internal.ImagePreparation;
import org.csmoe.probing.Labelling;
import org.csmoe.sensor.Sensor;
import org.csmoe.sensor.SensorImage;

/**
 * What a fine-tuned model takes and predicts, without its weights.
 *
 * @param config of one sensor
 * @param sensor that one
 * @param classes names by index
 * @param labelling how many of them a sample has
 * @param resize how images are brought to the model's size
 */
record TunedModel(
    CsMoeConfig config, Sensor sensor, List<String> classes, Labelling labelling, Resize resize) {

  String imageName() {
    return EncoderGraph.Names.of(sensor).image();
  }

  Map<String, List<Long>> imageShape(int samples) {
    long size = config.imageSize();
    return Map.of(
        imageName(), List.of((long) samples, (long) config.bands(sensor).size(), size, size));
  }

  /** Writes a sample's image at a position of a batch. */
  void write(Sample sample, FloatBuffer images, int position) {
    ImagePreparation preparation = new ImagePreparation(sensor, config, resize);
    SensorImage image = sample.image(sensor);
    try {
      preparation.check(image);
    } catch (IllegalArgumentException | CsMoeException e) {
      throw new CsMoeException("sample %s: %s".formatted(sample.id(), e.getMessage()), e);
    }
    preparation.write(image, images.position(position * preparation.length()));
  }

  ObjectNode describe() {
    ObjectNode node =
        Checkpoints.JSON
            .createObjectNode()
            .put("kind", "fine-tuning")
            .put("sensor", sensor.name())
            .put("labelling", labelling.name())
            .put("resize", resize.name());
    node.set("classes", Checkpoints.JSON.valueToTree(classes));
    return node.set("model", Checkpoints.tree(config.toJson()));
  }
}
