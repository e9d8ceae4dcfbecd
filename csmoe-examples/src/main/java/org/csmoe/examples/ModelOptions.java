package org.csmoe.examples;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeBuilder;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoeException;
import org.csmoe.CsMoePreset;
import org.csmoe.Precision;
import org.csmoe.Weights;
import org.csmoe.io.Failures;
import org.csmoe.sensor.Sensor;
import org.csmoe.weights.Checkpoint;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which model a command runs. */
final class ModelOptions {
  @Option(
      names = "--preset",
      paramLabel = "NAME",
      converter = PresetConverter.class,
      description =
          "Configuration: p32, p28, p16, p14 (published sizes), small, mini, tiny, csmae_secd,"
              + " csmae_cecd. Default: what the weights say of themselves. Without weights it has"
              + " untrained ones, whose features mean nothing.")
  Optional<CsMoePreset> preset = Optional.empty();

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description =
          "safetensors, sharded index.json, or PyTorch .pt/.pth/.ckpt. Default: the small pretrained"
              + " model that comes with this program, unless --preset asks for another one.")
  Optional<Path> weights = Optional.empty();

  @Option(
      names = "--rename",
      paramLabel = "JSON",
      description = "Table of regular expressions that maps tensor names to the canonical ones.")
  Optional<Path> rename = Optional.empty();

  @Option(
      names = "--seed",
      defaultValue = "0",
      description = "Seed of untrained weights. Default: ${DEFAULT-VALUE}.")
  long seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Cores that the network may use. Default: all.")
  Optional<Integer> threads = Optional.empty();

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      defaultValue = "F32",
      description =
          "f32, or bf16: weights of products in half the memory, faster on processors with"
              + " AVX512-BF16 or AMX and slower on others. Default: ${DEFAULT-VALUE}.")
  Precision precision = Precision.F32;

  /** Builds the model of one sensor; says so when its weights are untrained. */
  CsMoe build(Sensor sensor, PrintWriter messages) {
    return build(Optional.of(sensor), messages);
  }

  /** Builds the model of one sensor, or of all that its configuration has. */
  CsMoe build(Optional<Sensor> onlySensor, PrintWriter messages) {
    if (file().isEmpty()) {
      messages.println(
          "Note: weights are untrained (seed "
              + seed
              + "); features show structure but mean nothing. Give real ones with --weights FILE.");
      messages.flush();
    }
    CsMoeBuilder builder =
        CsMoe.builder().config(config()).seed(seed).weights(load()).precision(precision);
    onlySensor.ifPresent(builder::onlySensor);
    threads.ifPresent(builder::threads);
    return builder.build();
  }

  /** The weights, by the names that the model has for them. */
  Weights load() {
    Weights weights = file().map(Weights::file).orElse(Weights.untrained());
    return file().isPresent() && rename.isPresent() ? weights.renamedBy(rename.get()) : weights;
  }

  /** Where weights come from; empty for untrained ones. */
  Optional<Path> file() {
    return weights.isPresent() || preset.isPresent() ? weights : Optional.of(BundledModel.file());
  }

  /** Where weights come from, as text. */
  String source() {
    return weights
        .map(Path::toString)
        .orElse(preset.isPresent() ? "untrained" : "bundled " + BundledModel.NAME);
  }

  /** The preset asked for, or where the configuration comes from. */
  String name() {
    return preset
        .map(CsMoePreset::name)
        .or(() -> weights.map(path -> String.valueOf(path.getFileName())))
        .orElse(BundledModel.NAME);
  }

  /** The configuration asked for, or that training wrote into the weights' file. */
  CsMoeConfig config() {
    if (preset.isPresent()) {
      return preset.get().config();
    }
    return configBeside(file().orElseThrow());
  }

  /** The configuration that training wrote into a file of weights. */
  static CsMoeConfig configBeside(Path path) {
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      String config = checkpoint.metadata().get("config");
      if (config == null) {
        throw new CsMoeException(
            path + ": found no configuration beside the weights; say which it is with --preset");
      }
      return read(path, config);
    } catch (IOException e) {
      throw Failures.of(path, "the weights cannot be read", e);
    }
  }

  private static CsMoeConfig read(Path path, String config) {
    try {
      return CsMoeConfig.fromJson(config);
    } catch (CsMoeException | IllegalArgumentException e) {
      throw new CsMoeException(
          "%s: the configuration beside the weights: %s".formatted(path, e.getMessage()), e);
    }
  }

  /** Reads a preset by any of its names. */
  static final class PresetConverter implements ITypeConverter<CsMoePreset> {
    @Override
    public CsMoePreset convert(String value) {
      try {
        return CsMoePreset.of(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** Reads a sensor: s1 or s2. */
  static final class SensorConverter implements ITypeConverter<Sensor> {
    @Override
    public Sensor convert(String value) {
      for (Sensor sensor : Sensor.values()) {
        if (sensor.shortName().equalsIgnoreCase(value) || sensor.name().equalsIgnoreCase(value)) {
          return sensor;
        }
      }
      throw new TypeConversionException("expected s1 or s2 but was \"" + value + "\"");
    }
  }
}
