package org.csmoe.examples;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeBuilder;
import org.csmoe.CsMoeConfig;
import org.csmoe.CsMoePreset;
import org.csmoe.Weights;
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
              + " csmae_cecd. Default: what the weights say of themselves, else small.")
  Optional<CsMoePreset> preset = Optional.empty();

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description =
          "safetensors, sharded index.json, or PyTorch .pt/.pth/.ckpt. Default: untrained weights,"
              + " whose features mean nothing.")
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

  /** Builds the model of one sensor; says so when its weights are untrained. */
  CsMoe build(Sensor sensor, PrintWriter messages) {
    return build(Optional.of(sensor), messages);
  }

  /** Builds the model of one sensor, or of all that its configuration has. */
  CsMoe build(Optional<Sensor> onlySensor, PrintWriter messages) {
    Weights source = Weights.untrained();
    if (weights.isPresent()) {
      source = Weights.file(weights.get());
      if (rename.isPresent()) {
        source = source.renamedBy(rename.get());
      }
    } else {
      messages.println(
          "Note: weights are untrained (seed "
              + seed
              + "); features show structure but mean nothing. Give real ones with --weights FILE.");
      messages.flush();
    }
    CsMoeBuilder builder = CsMoe.builder().config(config()).seed(seed).weights(source);
    onlySensor.ifPresent(builder::onlySensor);
    threads.ifPresent(builder::threads);
    return builder.build();
  }

  /** The preset asked for, or where the configuration comes from. */
  String name() {
    return preset
        .map(CsMoePreset::name)
        .or(() -> weights.map(file -> String.valueOf(file.getFileName())))
        .orElse(CsMoePreset.CSMOE_SMALL.name());
  }

  /** The configuration asked for, or that training wrote into the weights' file. */
  CsMoeConfig config() {
    if (preset.isPresent()) {
      return preset.get().config();
    }
    if (weights.isPresent()) {
      try (Checkpoint file = Checkpoint.open(weights.get())) {
        String config = file.metadata().get("config");
        if (config != null) {
          return CsMoeConfig.fromJson(config);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read weights of " + weights.get() + ": " + e, e);
      }
    }
    return CsMoePreset.CSMOE_SMALL.config();
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
