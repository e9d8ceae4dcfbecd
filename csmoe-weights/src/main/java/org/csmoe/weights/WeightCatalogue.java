package org.csmoe.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.csmoe.CsMoeException;
import org.csmoe.WeightFormatException;
import org.csmoe.sensor.Band;
import org.csmoe.sensor.Sensor;

/**
 * Known weights by name.
 *
 * <p>The built-in catalogue is empty: an entry pins a file by its hash, and for the CSMoE weights
 * neither address nor hash has been published in a form that could be pinned. Users read their own
 * file of entries; the chapter on weights shows one.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class WeightCatalogue {
  private static final String RESOURCE = "catalogue.json";
  private static final Set<String> FIELDS =
      Set.of(
          "name",
          "url",
          "sha256",
          "configuration",
          "bands",
          "statistics",
          "publication",
          "licence");

  private final Map<String, CatalogueEntry> entries;

  private WeightCatalogue(Map<String, CatalogueEntry> entries) {
    this.entries = Collections.unmodifiableMap(entries);
  }

  /**
   * The catalogue that comes with this version, at present without entries.
   *
   * @return the catalogue
   */
  public static WeightCatalogue builtIn() {
    try (InputStream in =
        Objects.requireNonNull(WeightCatalogue.class.getResourceAsStream(RESOURCE))) {
      return parse(in.readAllBytes(), RESOURCE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a catalogue file: {@code {"weights": [{...}, ...]}} with the components of {@link
   * CatalogueEntry} as fields, the bands as {@code {"s1": ["VV", "VH"], "s2": [...]}}.
   *
   * @param path the file
   * @return the catalogue
   * @throws IOException when the file cannot be read
   * @throws WeightFormatException when it is no catalogue
   */
  public static WeightCatalogue read(Path path) throws IOException {
    return parse(Files.readAllBytes(path), path.toString());
  }

  /**
   * Adds the entries of another catalogue.
   *
   * @param other the other catalogue
   * @return a catalogue with the entries of both
   * @throws WeightFormatException when both have different entries of one name
   */
  public WeightCatalogue with(WeightCatalogue other) {
    Map<String, CatalogueEntry> both = new LinkedHashMap<>(entries);
    for (CatalogueEntry entry : other.entries()) {
      CatalogueEntry present = both.putIfAbsent(entry.name(), entry);
      if (present != null && !present.equals(entry)) {
        throw new WeightFormatException(
            "Catalogue: found two different entries \"%s\": %s and %s; expected unique names"
                .formatted(entry.name(), present, entry));
      }
    }
    return new WeightCatalogue(both);
  }

  /**
   * All entries.
   *
   * @return an immutable collection in the order of the file
   */
  public Collection<CatalogueEntry> entries() {
    return entries.values();
  }

  /**
   * The entry of a name.
   *
   * @param name the name
   * @return the entry
   * @throws CsMoeException when there is none; the message lists those there are
   */
  public CatalogueEntry get(String name) {
    CatalogueEntry entry = entries.get(name);
    if (entry == null) {
      throw new CsMoeException(
          "Weights \"%s\": found no such entry; the catalogue has %s; add one in a catalogue file"
              .formatted(name, entries.keySet()));
    }
    return entry;
  }

  private static WeightCatalogue parse(byte[] json, String source) {
    JsonNode root;
    try {
      root = Json.MAPPER.readTree(json);
    } catch (IOException e) {
      String found =
          e instanceof JsonProcessingException j ? j.getOriginalMessage() : String.valueOf(e);
      throw new WeightFormatException(
          "%s: found %s; expected a JSON catalogue".formatted(source, found), e);
    }
    if (!root.path("weights").isArray()) {
      throw new WeightFormatException(
          source + ": found no array \"weights\"; expected {\"weights\": [...]}");
    }
    Map<String, CatalogueEntry> entries = new LinkedHashMap<>();
    for (JsonNode node : root.path("weights")) {
      String where = "%s: entry %d".formatted(source, entries.size());
      try {
        CatalogueEntry entry = entry(node, where);
        if (entries.put(entry.name(), entry) != null) {
          throw new WeightFormatException(
              "%s: found a second \"%s\"; expected unique names".formatted(where, entry.name()));
        }
      } catch (IllegalArgumentException e) {
        throw new WeightFormatException(where + ": " + e.getMessage(), e);
      }
    }
    return new WeightCatalogue(entries);
  }

  private static CatalogueEntry entry(JsonNode node, String where) {
    Set<String> unknown = new TreeSet<>();
    node.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(FIELDS);
    if (!unknown.isEmpty()) {
      throw new WeightFormatException(
          "%s: found unknown fields %s; expected %s"
              .formatted(where, unknown, new TreeSet<>(FIELDS)));
    }
    return new CatalogueEntry(
        text(node, "name", where),
        URI.create(text(node, "url", where)),
        text(node, "sha256", where),
        text(node, "configuration", where),
        bands(node.path("bands"), where),
        text(node, "statistics", where),
        URI.create(text(node, "publication", where)),
        text(node, "licence", where));
  }

  private static String text(JsonNode node, String field, String where) {
    JsonNode value = node.path(field);
    if (!value.isTextual()) {
      throw new WeightFormatException(
          "%s: found %s for \"%s\"; expected a text".formatted(where, value.getNodeType(), field));
    }
    return value.asText();
  }

  private static Map<Sensor, List<Band>> bands(JsonNode node, String where) {
    Map<Sensor, List<Band>> bands = new EnumMap<>(Sensor.class);
    for (Sensor sensor : Sensor.values()) {
      JsonNode names = node.path(sensor.shortName());
      if (names.isArray()) {
        List<Band> list = new ArrayList<>();
        for (JsonNode name : names) {
          list.add(
              Band.find(name.asText())
                  .orElseThrow(
                      () ->
                          new WeightFormatException(
                              "%s: found band %s; expected one of %s"
                                  .formatted(where, name, List.of(Band.values())))));
        }
        bands.put(sensor, list);
      }
    }
    if (bands.size() != node.size()) {
      throw new WeightFormatException(
          "%s: found bands %s; expected arrays under s1 and s2".formatted(where, node));
    }
    return bands;
  }
}
