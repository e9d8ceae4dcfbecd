package org.csmoe.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** JSON as this package reads it: no duplicate keys, nothing after the value. */
final class Json {
  /** Names of a file do not go into the table of strings that the whole process shares. */
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  static final JsonMapper MAPPER =
      JsonMapper.builder(FACTORY).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private Json() {}

  /**
   * Refuses what is no UTF-8. The parser by itself would read UTF-16, too, and overlong forms.
   *
   * @param offset of the first byte in the file
   */
  static void requireUtf8(WeightFile file, String what, long offset, byte[] json) {
    // The second byte tells the parser UTF-8 from UTF-16.
    if (json.length > 1 && json[1] == 0) {
      throw file.malformed(what, offset + 1, "byte 0x00", "JSON in UTF-8");
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer bytes = ByteBuffer.wrap(json);
    CharBuffer ignored = CharBuffer.allocate(8192);
    CoderResult result;
    do {
      result = decoder.decode(bytes, ignored.clear(), true);
    } while (result.isOverflow());
    if (result.isError()) {
      throw file.malformed(
          what,
          offset + bytes.position(),
          "byte 0x%02x, which is no UTF-8".formatted(bytes.get(bytes.position())),
          "UTF-8");
    }
  }

  /** Whether text can be written as UTF-8; a JSON escape can name half a character. */
  static boolean isText(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }
}
