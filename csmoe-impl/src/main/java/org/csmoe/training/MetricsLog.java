package org.csmoe.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.csmoe.io.AtomicFile;
import org.csmoe.io.Failures;

/**
 * Writes what happens as JSON lines: {@code {"step": 12, "epoch": 0, "losses": {...}, ...}} for
 * each step, {@code {"step": 12, "epoch": 0, "training": {...}, "validation": {...}}} for each
 * epoch. A training that goes on from a checkpoint first drops the lines after it. Not safe for use
 * by several threads.
 */
public final class MetricsLog implements TrainingListener {
  private final Path file;

  /**
   * Logs to a file.
   *
   * @param file made, or continued; its folder must exist when training begins
   */
  public MetricsLog(Path file) {
    this.file = file;
  }

  @Override
  public void begins(long step) {
    try {
      List<String> kept = new ArrayList<>();
      for (String line : Files.readAllLines(file)) {
        JsonNode node = readable(line);
        if (node.path("step").asLong(Long.MAX_VALUE) <= step) {
          kept.add(line);
        }
      }
      AtomicFile.write(file, kept.isEmpty() ? "" : String.join("\n", kept) + "\n");
    } catch (NoSuchFileException e) {
      // The first training in this folder.
    } catch (IOException e) {
      throw Failures.of(file, "the log cannot be continued", e);
    }
  }

  /** A line that a killed process wrote half of counts as none. */
  private static JsonNode readable(String line) {
    try {
      return Checkpoints.JSON.readTree(line);
    } catch (JsonProcessingException e) {
      return Checkpoints.JSON.createObjectNode();
    }
  }

  @Override
  public void stepped(Step step) {
    ObjectNode node =
        Checkpoints.JSON
            .createObjectNode()
            .put("step", step.step())
            .put("epoch", step.epoch())
            .put("learningRate", step.learningRate())
            .put("gradientNorm", step.gradientNorm())
            .put("samplesPerSecond", step.samplesPerSecond());
    put(node, "losses", step.losses());
    append(node);
  }

  @Override
  public void epochEnded(Epoch epoch) {
    ObjectNode node =
        Checkpoints.JSON
            .createObjectNode()
            .put("step", epoch.step())
            .put("epoch", epoch.epoch())
            .put("best", epoch.best());
    put(node, "training", epoch.training());
    put(node, "validation", epoch.validation());
    append(node);
  }

  private static void put(ObjectNode node, String name, Map<String, Double> values) {
    ObjectNode object = node.putObject(name);
    values.forEach(object::put);
  }

  private void append(ObjectNode node) {
    try (BufferedWriter writer =
        Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      writer.write(node + "\n");
    } catch (IOException e) {
      throw Failures.of(file, "cannot be written", e);
    }
  }
}
