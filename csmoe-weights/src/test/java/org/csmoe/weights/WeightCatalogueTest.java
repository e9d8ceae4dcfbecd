package org.csmoe.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.csmoe.CsMoeException;
import org.csmoe.WeightFormatException;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightCatalogueTest {
  private static final String HASH = "0123456789abcdef".repeat(4);
  private static final String URL = "https://example.org/w.safetensors";

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path folder;

  static String entry(String name, String url, String sha256) {
    return """
        {"weights": [{
          "name": "%s", "url": "%s", "sha256": "%s", "configuration": "base",
          "bands": {"s1": ["VV", "VH"], "s2": ["B2", "b8a"]},
          "statistics": "BigEarthNet-v2 120_nearest",
          "publication": "https://doi.org/10.5555/12345678", "licence": "MIT"}]}
        """
        .formatted(name, url, sha256);
  }

  @Test
  void shipsNoInventedEntry() {
    assertThat(WeightCatalogue.builtIn().entries()).isEmpty();
    assertThatThrownBy(() -> WeightCatalogue.builtIn().get("csmoe"))
        .isInstanceOf(CsMoeException.class)
        .hasMessageContainingAll("\"csmoe\"", "add one in a catalogue file");
  }

  @Test
  void readsAUsersFile() throws IOException {
    WeightCatalogue mine = read(entry("mine", URL, HASH));
    CatalogueEntry entry = WeightCatalogue.builtIn().with(mine).with(mine).get("mine");
    assertThat(entry)
        .isEqualTo(
            new CatalogueEntry(
                "mine",
                URI.create(URL),
                HASH,
                "base",
                Map.of(
                    Sensor.SENTINEL1, List.of(Band.VV, Band.VH),
                    Sensor.SENTINEL2, List.of(Band.B02, Band.B8A)),
                "BigEarthNet-v2 120_nearest",
                URI.create("https://doi.org/10.5555/12345678"),
                "MIT"));
    WeightCatalogue other = read(entry("mine", URL, "f".repeat(64)));
    assertThatThrownBy(() -> mine.with(other))
        .isInstanceOf(WeightFormatException.class)
        .hasMessageContaining("two different entries \"mine\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "https://example.org | ftp://example.org | http or https",
        "https://example.org | : | entry 0",
        "\"sha256\": \"0 | \"sha256\": \"x | 64 hexadecimal digits",
        "\"MIT\" | \" \" | licence must not be blank",
        "\"MIT\" | 5 | found NUMBER for \"licence\"",
        "\"licence\" | \"license\" | unknown fields [license]",
        "\"VV\" | \"B02\" | S1's",
        "\"VV\" | \"VH\" | each once",
        "\"VV\" | \"HH\" | \"HH\"",
        "\"s1\" | \"s3\" | arrays under s1 and s2",
        "\"weights\" | \"weight\" | no array \"weights\"",
        "{\"weights\" | {{ | JSON catalogue",
      })
  void refusesWhatIsNoEntry(String part, String replacement, String message) {
    assertThatThrownBy(() -> read(entry("a", URL, HASH).replace(part, replacement)))
        .isInstanceOf(WeightFormatException.class)
        .hasMessageContainingAll("c.json", message);
  }

  private WeightCatalogue read(String json) throws IOException {
    return WeightCatalogue.read(Files.writeString(folder.resolve("c.json"), json));
  }
}
