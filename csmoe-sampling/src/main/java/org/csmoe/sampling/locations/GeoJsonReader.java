package org.csmoe.sampling.locations;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.csmoe.CsMoeException;
import org.csmoe.io.Failures;
import org.jspecify.annotations.Nullable;

/**
 * Reads the features of a GeoJSON file one by one: a FeatureCollection, or features one after the
 * other as in newline-delimited files. Members may have any order. Memory holds one feature, whose
 * depth, texts and number of positions are bounded.
 */
final class GeoJsonReader {
  private static final int MAX_DEPTH = 100;
  private static final int MAX_TEXT = 1 << 20;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_TEXT)
                  .build())
          .build();

  private final Path file;
  private final List<String> idNames;
  private final Consumer<GeoFeature> consumer;
  private final JsonParser parser;
  private long features;

  private GeoJsonReader(
      Path file, List<String> idNames, Consumer<GeoFeature> consumer, JsonParser parser) {
    this.file = file;
    this.idNames = idNames;
    this.consumer = consumer;
    this.parser = parser;
  }

  /**
   * Reads all features.
   *
   * @param idNames properties that may hold the id of a feature without an id, the best first
   */
  static void read(Path file, List<String> idNames, Consumer<GeoFeature> consumer) {
    try (InputStream stream = Files.newInputStream(file);
        JsonParser parser = JSON.createParser(stream)) {
      GeoJsonReader reader = new GeoJsonReader(file, idNames, consumer, parser);
      try {
        reader.read();
      } catch (JsonProcessingException e) {
        throw new CsMoeException(
            "%s line %d: malformed JSON: %s".formatted(file, reader.line(), e.getOriginalMessage()),
            e);
      }
    } catch (IOException e) {
      throw Failures.of(file, "cannot be read", e);
    }
  }

  private void read() throws IOException {
    boolean any = false;
    while (parser.nextToken() != null) {
      any = true;
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw unexpected("a GeoJSON object");
      }
      root();
    }
    if (!any) {
      throw new CsMoeException(file + ": expected GeoJSON but the file is empty");
    }
  }

  /** A collection, or a feature of a newline-delimited file. */
  private void root() throws IOException {
    Members members = new Members();
    boolean collection = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (name.equals("features") && value == JsonToken.START_ARRAY) {
        collection = true;
        features();
      } else if (name.equals("crs")) {
        crs();
      } else {
        members.read(name);
      }
    }
    if ("Feature".equals(members.type)) {
      members.deliver();
    } else if (!collection) {
      throw unexpected(
          "a FeatureCollection or Feature, but found %s"
              .formatted(members.type == null ? "no type" : "type " + members.type));
    }
  }

  private void features() throws IOException {
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw unexpected("a feature");
      }
      Members members = new Members();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        members.read(name);
      }
      members.deliver();
    }
  }

  /** Coordinates are longitude and latitude on WGS 84, whatever the outdated member says. */
  private void crs() throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      return;
    }
    String name = "";
    int depth = 1;
    while (depth > 0) {
      JsonToken token = parser.nextToken();
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      if (token == JsonToken.VALUE_STRING && parser.currentName().equals("name")) {
        name = parser.getText().equals("name") ? name : parser.getText();
      }
    }
    if (!name.endsWith("CRS84") && !name.endsWith(":4326")) {
      throw new CsMoeException(
          "%s: coordinates must be longitude and latitude on WGS 84 (CRS84), but its crs is %s"
                  .formatted(file, name.isEmpty() ? "not named" : RowIntake.shown(name))
              + "; transform the file, for example with ogr2ogr -t_srs EPSG:4326");
    }
  }

  private CsMoeException unexpected(String expected) {
    return new CsMoeException("%s line %d: expected %s".formatted(file, line(), expected));
  }

  private long line() {
    return parser.currentLocation().getLineNr();
  }

  /** The members of one feature. */
  private final class Members {
    private final Map<String, String> ids = new HashMap<>();
    private final GeoJsonGeometry geometry = new GeoJsonGeometry(file, parser);
    private @Nullable String type;
    private @Nullable String id;

    void read(String name) throws IOException {
      switch (name) {
        case "type" -> type = scalar();
        case "id" -> id = scalar();
        case "geometry" -> geometry.read();
        case "properties" -> properties();
        default -> parser.skipChildren();
      }
    }

    private void properties() throws IOException {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        parser.skipChildren();
        return;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        String value = scalar();
        if (value != null && idNames.contains(name)) {
          ids.put(name, value);
        }
      }
    }

    private @Nullable String scalar() throws IOException {
      JsonToken token = parser.currentToken();
      if (token.isScalarValue() && token != JsonToken.VALUE_NULL) {
        return parser.getText();
      }
      parser.skipChildren();
      return null;
    }

    void deliver() {
      features++;
      Optional<String> found = Optional.ofNullable(id);
      for (String name : idNames) {
        found = found.or(() -> Optional.ofNullable(ids.get(name)));
      }
      consumer.accept(
          new GeoFeature(features, line(), found, geometry.geometry(), geometry.fault()));
    }
  }
}
