package org.csmoe.examples;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.csmoe.CsMoe;
import org.csmoe.CsMoeBuilder;
import org.csmoe.CsMoePreset;
import org.csmoe.Weights;
import org.csmoe.sensor.Sensor;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which model a command runs. */
final class ModelOptions {
  @Option(
      names = "--preset",
      paramLabel = "NAME",
      defaultValue = "small",
      converter = PresetConverter.class,
      description =
          "Configuration: p32, p28, p16, p14 (published sizes), small, tiny, csmae_secd,"
              + " csmae_cecd. Default: ${DEFAULT-VALUE}.")
  CsMoePreset preset = CsMoePreset.CSMOE_SMALL;

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
    CsMoeBuilder builder =
        CsMoe.builder().preset(preset).onlySensor(sensor).seed(seed).weights(source);
    threads.ifPresent(builder::threads);
    return builder.build();
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
