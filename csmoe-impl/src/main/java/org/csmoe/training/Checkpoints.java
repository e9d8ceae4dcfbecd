package org.csmoe.training;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.csmoe.CsMoeException;
import org.csmoe.WeightFormatException;
import org.csmoe.io.Failures;
import org.csmoe.io.FolderLock;
import org.csmoe.model.internal.AdamW;
import org.csmoe.model.internal.Parameter;
import org.csmoe.model.internal.ParameterValues;
import org.csmoe.weights.Checkpoint;
import org.csmoe.weights.DType;
import org.csmoe.weights.SafetensorsWriter;
import org.csmoe.weights.TensorInfo;

/**
 * The checkpoints of a training in a folder. Each is one safetensors file that appears whole or not
 * at all: weights by their canonical names, moments of gradients as {@code optimizer.*}, and as
 * metadata {@code task}, {@code settings} and {@code progress} as JSON. Where no random generator
 * has a state, since all random numbers follow from the seed, there is none to save.
 */
final class Checkpoints implements AutoCloseable {
  static final ObjectMapper JSON =
      JsonMapper.builder().visibility(PropertyAccessor.FIELD, Visibility.NON_PRIVATE).build();

  static final String BEST = "best.safetensors";
  private static final String PREFIX = "checkpoint-";
  private static final String SUFFIX = ".safetensors";
  private static final int SHOWN = 5;
  private static final Pattern UNFINISHED =
      Pattern.compile("\\.(checkpoint-\\d{9}|best|model)\\.safetensors\\.[0-9a-f-]{36}\\.part");
  private static final List<String> MOMENTS = List.of("optimizer.mean.", "optimizer.square.");

  private final Path folder;
  private final TrainingSettings settings;
  private final ObjectNode task;
  private Optional<FolderLock> lock = Optional.empty();

  Checkpoints(Path folder, TrainingSettings settings, ObjectNode task) {
    this.folder = folder;
    this.settings = settings;
    this.task = task;
  }

  /** Makes the folder and locks it until the end; deletes what a killed process left in it. */
  void open() {
    try {
      Files.createDirectories(folder);
      lock = Optional.of(FolderLock.take(folder));
      List<Path> files;
      try (Stream<Path> all = Files.list(folder)) {
        files = all.toList();
      }
      for (Path file : files) {
        if (UNFINISHED.matcher(file.getFileName().toString()).matches()) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw Failures.of(folder, "the folder cannot be used", e);
    }
  }

  @Override
  public void close() {
    try {
      if (lock.isPresent()) {
        lock.get().close();
      }
    } catch (IOException e) {
      throw Failures.of(folder, "cannot be closed", e);
    }
  }

  Path folder() {
    return folder;
  }

  /** JSON that this project wrote. */
  static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not JSON: " + json, e);
    }
  }

  /**
   * Saves everything, and deletes older checkpoints than the settings keep. A thread that is
   * interrupted stays so, and saves nevertheless.
   */
  void save(Progress progress, ParameterValues values, List<Parameter> trained, AdamW optimiser) {
    uninterrupted(() -> write(progress, values, trained, optimiser));
  }

  /** On a thread of its own: an interrupt would close the channel that a file is written by. */
  private static void uninterrupted(Runnable write) {
    FutureTask<Boolean> task = new FutureTask<>(write, true);
    new Thread(task, "csmoe-checkpoint").start();
    boolean interrupted = false;
    boolean done = false;
    try {
      while (!done) {
        try {
          done = task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void write(
      Progress progress, ParameterValues values, List<Parameter> trained, AdamW optimiser) {
    Path file =
        folder.resolve(String.format(Locale.ROOT, "%s%09d%s", PREFIX, progress.step, SUFFIX));
    List<TensorInfo> tensors = new ArrayList<>(weights(values.parameters(), ""));
    MOMENTS.forEach(prefix -> tensors.addAll(weights(trained, prefix)));
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, tensors, metadata(progress))) {
      writeWeights(writer, values);
      for (int moment = 0; moment < MOMENTS.size(); moment++) {
        for (int i = 0; i < trained.size(); i++) {
          FloatBuffer all = moment == 0 ? optimiser.mean(i) : optimiser.square(i);
          for (Part part : parts(trained.get(i), MOMENTS.get(moment))) {
            writer.write(part.name(), all.slice(part.offset(), part.length()));
          }
        }
      }
      writer.commit();
      List<Path> files = all();
      for (Path old : files.subList(0, Math.max(0, files.size() - settings.keep()))) {
        Files.delete(old);
      }
    } catch (IOException e) {
      throw Failures.of(file, "cannot be written", e);
    }
  }

  /** Saves the weights of the best epoch, interrupted or not. */
  void saveBest(Progress progress, ParameterValues values) {
    uninterrupted(() -> writeBest(progress, values));
  }

  private void writeBest(Progress progress, ParameterValues values) {
    Path file = folder.resolve(BEST);
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(file, weights(values.parameters(), ""), metadata(progress))) {
      writeWeights(writer, values);
      writer.commit();
    } catch (IOException e) {
      throw Failures.of(file, "cannot be written", e);
    }
  }

  void loadBest(ParameterValues values) {
    Path file = folder.resolve(BEST);
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      readWeights(checkpoint, values);
    } catch (IllegalArgumentException e) {
      throw new CsMoeException(
          "%s: is not of this training: %s. Take another folder".formatted(file, e.getMessage()),
          e);
    } catch (IOException e) {
      throw Failures.of(file, "the weights cannot be read", e);
    }
  }

  /**
   * Puts the newest checkpoint's values in their places; empty when there is none. Steps are
   * counted by epochs, which have others with another number of samples.
   */
  Optional<Progress> resume(
      int samples, ParameterValues values, List<Parameter> trained, AdamW optimiser) {
    try {
      List<Path> files = all();
      if (files.isEmpty()) {
        return Optional.empty();
      }
      Path file = files.get(files.size() - 1);
      try (Checkpoint checkpoint = open(file)) {
        requireSame(file, checkpoint, "task", task);
        requireSame(file, checkpoint, "settings", JSON.valueToTree(settings));
        Progress progress = progress(file, checkpoint);
        if (progress.samples != 0 && progress.samples != samples) {
          throw new CsMoeException(
              "%s: was written by a training on %d samples, found %d. Use the same data, or another folder"
                  .formatted(file, progress.samples, samples));
        }
        readWeights(checkpoint, values);
        for (int moment = 0; moment < MOMENTS.size(); moment++) {
          for (int i = 0; i < trained.size(); i++) {
            FloatBuffer all = moment == 0 ? optimiser.mean(i) : optimiser.square(i);
            for (Part part : parts(trained.get(i), MOMENTS.get(moment))) {
              checkpoint.read(part.name(), all.slice(part.offset(), part.length()));
            }
          }
        }
        optimiser.continueAfter(progress.step);
        return Optional.of(progress);
      }
    } catch (IOException e) {
      throw Failures.of(folder, "a checkpoint cannot be read", e);
    }
  }

  private static Checkpoint open(Path file) throws IOException {
    try {
      return Checkpoint.open(file);
    } catch (WeightFormatException e) {
      throw new WeightFormatException(
          e.getMessage() + ". Delete it to go on from the checkpoint before it", e);
    }
  }

  private List<Path> all() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(
              file ->
                  file.getFileName().toString().startsWith(PREFIX)
                      && file.getFileName().toString().endsWith(SUFFIX))
          .sorted()
          .toList();
    }
  }

  private static Progress progress(Path file, Checkpoint checkpoint) {
    try {
      return JSON.readValue(checkpoint.metadata().getOrDefault("progress", ""), Progress.class);
    } catch (JsonProcessingException e) {
      throw new CsMoeException(
          "%s: found no progress of a training: %s; expected a checkpoint that training wrote"
              .formatted(file, e.getOriginalMessage()),
          e);
    }
  }

  /** Continuing with something else would be neither training. */
  private static void requireSame(Path file, Checkpoint checkpoint, String what, JsonNode expected)
      throws JsonProcessingException {
    JsonNode found = JSON.readTree(checkpoint.metadata().getOrDefault(what, "{}"));
    // Through text, since a number of Java may come back as a shorter one of JSON.
    JsonNode wanted = JSON.readTree(JSON.writeValueAsString(expected));
    if (!found.equals(wanted)) {
      throw new CsMoeException(
          "%s: was written by a training with another %s: %s. Use these, or another folder"
              .formatted(file, what, difference(found, wanted)));
    }
  }

  private static String difference(JsonNode found, JsonNode wanted) {
    List<String> differences = new ArrayList<>();
    collect("", found, wanted, differences);
    int more = differences.size() - SHOWN;
    return String.join("; ", differences.subList(0, Math.min(SHOWN, differences.size())))
        + (more > 0 ? "; and %d more".formatted(more) : "");
  }

  /** Values that differ, by their path: whole objects would bury them. */
  private static void collect(
      String path, JsonNode found, JsonNode wanted, List<String> differences) {
    TreeSet<String> names = new TreeSet<>();
    found.fieldNames().forEachRemaining(names::add);
    wanted.fieldNames().forEachRemaining(names::add);
    for (String name : names) {
      JsonNode before = found.path(name);
      JsonNode now = wanted.path(name);
      if (before.isObject() && now.isObject()) {
        collect(path + name + ".", before, now, differences);
      } else if (!before.equals(now)) {
        differences.add(
            "%s%s: found %s, expected %s".formatted(path, name, text(before), text(now)));
      }
    }
  }

  private static String text(JsonNode value) {
    return value.isMissingNode() ? "none" : value.toString();
  }

  private Map<String, String> metadata(Progress progress) {
    try {
      return Map.of(
          "task",
          JSON.writeValueAsString(task),
          "settings",
          JSON.writeValueAsString(settings),
          "progress",
          JSON.writeValueAsString(progress));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("settings and progress are always JSON", e);
    }
  }

  /** A tensor's name in a file, and its place in a parameter's values. */
  private record Part(String name, int offset, int length) {}

  private static List<Part> parts(Parameter parameter, String prefix) {
    List<Part> parts = new ArrayList<>();
    int length = Math.toIntExact(parameter.size() / parameter.tensors().size());
    for (String tensor : parameter.tensors()) {
      parts.add(new Part(prefix + tensor, parts.size() * length, length));
    }
    return parts;
  }

  static List<TensorInfo> weights(List<Parameter> parameters, String prefix) {
    List<TensorInfo> tensors = new ArrayList<>();
    for (Parameter parameter : parameters) {
      for (String tensor : parameter.tensors()) {
        tensors.add(new TensorInfo(prefix + tensor, DType.F32, parameter.tensorShape()));
      }
    }
    return tensors;
  }

  static void writeWeights(SafetensorsWriter writer, ParameterValues values) throws IOException {
    writeWeights(writer, values, values.parameters());
  }

  /** Some of the weights. */
  static void writeWeights(
      SafetensorsWriter writer, ParameterValues values, List<Parameter> parameters)
      throws IOException {
    for (Parameter parameter : parameters) {
      for (int i = 0; i < parameter.tensors().size(); i++) {
        writer.write(parameter.tensors().get(i), values.tensor(parameter, i));
      }
    }
  }

  private static void readWeights(Checkpoint checkpoint, ParameterValues values)
      throws IOException {
    for (Parameter parameter : values.parameters()) {
      for (int i = 0; i < parameter.tensors().size(); i++) {
        checkpoint.read(parameter.tensors().get(i), values.tensor(parameter, i));
      }
    }
  }
}
