package org.csmoe.weights;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.csmoe.WeightFormatException;
import org.jspecify.annotations.Nullable;

/** Parses and checks the header of a safetensors file. Used once, by one thread. */
final class SafetensorsHeader {
  /** Bytes; the limit of the reference implementation. */
  static final long MAX_LENGTH = 100_000_000;

  static final String METADATA = "__metadata__";

  /** A tensor and where its first byte lies in the file. */
  record Entry(TensorInfo info, long offset) {
    long end() {
      return offset + info.byteCount();
    }
  }

  private final WeightFile file;
  private final long dataStart;
  private final long dataLength;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  /** What is being read, for the parser's own complaints. */
  private String current = "header";

  private SafetensorsHeader(WeightFile file, long headerLength) {
    this.file = file;
    this.dataStart = Long.BYTES + headerLength;
    this.dataLength = file.size() - dataStart;
  }

  static long maxLength(WeightFile file) {
    return Math.min(MAX_LENGTH, file.size() - Long.BYTES);
  }

  /** Reads the header of a file whose first eight bytes are known to be a possible length. */
  static SafetensorsHeader read(WeightFile file) throws IOException {
    int length = Math.toIntExact(file.read(0, Long.BYTES).getLong(0));
    byte[] json = file.read(Long.BYTES, length).array();
    SafetensorsHeader header = new SafetensorsHeader(file, length);
    header.requireText(json);
    header.parse(json);
    header.requireExactCover();
    return header;
  }

  /** The tensors in the order of their data. */
  List<Entry> entries() {
    return entries;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  private void requireText(byte[] json) {
    if (json.length < 2 || json[0] != '{') {
      throw file.malformed(
          "safetensors header",
          Long.BYTES,
          json.length == 0 ? "nothing" : "byte 0x%02x".formatted(json[0]),
          "a JSON object in UTF-8, beginning with {");
    }
    Json.requireUtf8(file, "safetensors header", Long.BYTES, json);
  }

  private void parse(byte[] json) throws IOException {
    try (JsonParser parser = Json.FACTORY.createParser(json)) {
      require(parser, parser.nextToken(), JsonToken.START_OBJECT, current);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        current = where(name);
        requireText(parser, name, current);
        require(parser, parser.nextToken(), JsonToken.START_OBJECT, where(name));
        if (name.equals(METADATA)) {
          parseMetadata(parser);
        } else {
          entries.add(parseEntry(parser, name));
        }
        current = "header after " + where(name);
      }
      if (parser.nextToken() != null) {
        throw malformed(parser, "header", "text after the JSON object", "spaces only");
      }
    } catch (JsonProcessingException e) {
      long offset = e.getLocation() == null ? 0 : e.getLocation().getByteOffset();
      throw (WeightFormatException)
          file.malformed(
                  "safetensors " + current,
                  Long.BYTES + Math.max(offset, 0),
                  WeightFile.plain(e.getOriginalMessage()),
                  "JSON without duplicate keys")
              .initCause(e);
    }
  }

  private void parseMetadata(JsonParser parser) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      require(
          parser,
          parser.nextToken(),
          JsonToken.VALUE_STRING,
          METADATA + ", key " + WeightFile.quote(key));
      requireText(parser, key, METADATA);
      requireText(parser, parser.getText(), METADATA + ", key " + WeightFile.quote(key));
      metadata.put(key, parser.getText());
    }
  }

  private Entry parseEntry(JsonParser parser, String name) throws IOException {
    String where = where(name);
    DType dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (field) {
        case "dtype" -> dtype = parseDType(parser, value, where);
        case "shape" -> shape = parseLongs(parser, value, where);
        case "data_offsets" -> offsets = parseLongs(parser, value, where);
        default ->
            throw malformed(
                parser, where, WeightFile.quote(field), "only dtype, shape and data_offsets");
      }
    }
    if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
      throw malformed(
          parser,
          where,
          "dtype %s, shape %s, data_offsets %s".formatted(dtype, shape, offsets),
          "all three, with two offsets");
    }
    return toEntry(parser, name, dtype, shape, offsets.get(0), offsets.get(1));
  }

  private Entry toEntry(
      JsonParser parser, String name, DType dtype, List<Long> shape, long begin, long end) {
    TensorInfo info;
    try {
      info = new TensorInfo(name, dtype, shape);
    } catch (IllegalArgumentException e) {
      throw (WeightFormatException)
          malformed(parser, where(name), "shape " + shape, "a possible shape").initCause(e);
    }
    if (begin < 0 || begin > end || end > dataLength) {
      throw malformed(
          parser,
          where(name),
          "data_offsets [%d, %d]".formatted(begin, end),
          "begin <= end <= %d".formatted(dataLength));
    }
    if (end - begin != info.byteCount()) {
      throw malformed(
          parser,
          where(name),
          "%d bytes of data".formatted(end - begin),
          "%d for %s %s".formatted(info.byteCount(), dtype, shape));
    }
    return new Entry(info, dataStart + begin);
  }

  private DType parseDType(JsonParser parser, @Nullable JsonToken value, String where)
      throws IOException {
    require(parser, value, JsonToken.VALUE_STRING, where);
    Optional<DType> dtype = DType.find(parser.getText());
    if (dtype.isEmpty()) {
      throw malformed(
          parser,
          where,
          "dtype " + WeightFile.quote(parser.getText()),
          "one of " + List.of(DType.values()));
    }
    return dtype.get();
  }

  private List<Long> parseLongs(JsonParser parser, @Nullable JsonToken value, String where)
      throws IOException {
    require(parser, value, JsonToken.START_ARRAY, where);
    List<Long> longs = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      require(parser, parser.currentToken(), JsonToken.VALUE_NUMBER_INT, where);
      if (longs.size() == TensorInfo.MAX_RANK) {
        throw malformed(parser, where, "more than " + TensorInfo.MAX_RANK + " axes", "fewer");
      }
      longs.add(parser.getLongValue());
    }
    return longs;
  }

  private void requireExactCover() {
    entries.sort(Comparator.comparingLong(Entry::offset).thenComparingLong(Entry::end));
    long expected = dataStart;
    for (Entry entry : entries) {
      if (entry.offset() != expected) {
        throw file.malformed(
            where(entry.info().name()),
            entry.offset(),
            entry.offset() < expected ? "data that overlaps another tensor's" : "a gap before it",
            "data that begins at byte " + expected);
      }
      expected = entry.end();
    }
    if (expected != file.size()) {
      throw file.malformed(
          "end of the last tensor",
          expected,
          (file.size() - expected) + " bytes that belong to no tensor",
          "the end of the file");
    }
  }

  private void requireText(JsonParser parser, String text, String where) {
    if (!Json.isText(text)) {
      throw malformed(
          parser, where, "half of a surrogate pair, which is no UTF-8", "characters of Unicode");
    }
  }

  private void require(
      JsonParser parser, @Nullable JsonToken found, JsonToken expected, String where) {
    if (found != expected) {
      throw malformed(parser, where, "JSON " + found, "JSON " + expected);
    }
  }

  private WeightFormatException malformed(
      JsonParser parser, String where, String found, String expected) {
    long offset = Long.BYTES + parser.currentTokenLocation().getByteOffset();
    return file.malformed("safetensors " + where, offset, found, expected);
  }

  private static String where(String name) {
    return "tensor " + WeightFile.quote(name);
  }
}
