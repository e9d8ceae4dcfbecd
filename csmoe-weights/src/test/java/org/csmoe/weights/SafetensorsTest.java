package org.csmoe.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.csmoe.WeightFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a':{'dtype':'F99','shape':[1],'data_offsets':[0,4]}} | dtype \"F99\" | one of [F64",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}} | 4 bytes of data | 8 for F32 [2]",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}} | [4, 0] | begin <= end",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[-4,0]}} | [-4, 0] | begin <= end",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | [0, 8] | <= 4",
        "{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}} | shape [-1] | a possible shape",
        "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,4]}} | shape [4294967296 | a possible shape",
        "{'a':{'dtype':'F32','shape':[1.0],'data_offsets':[0,4]}} | VALUE_NUMBER_FLOAT | VALUE_NUMBER_INT",
        "{'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,4]}} | tensor \"a\" at byte | out of range",
        "{'a':{'dtype':'F32','shape':[1]}} | data_offsets null | all three",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0]}} | [0] | two offsets",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4],'x':1}} | \"x\" | only dtype",
        "{'a':{'dtype':'F32','dtype':'F32','shape':[1],'data_offsets':[0,4]}} | Duplicate field 'dtype' | JSON",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{}} | Duplicate field 'a' | JSON",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | overlaps | begins at byte",
        "{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},'b':{'dtype':'U8','shape':[2],'data_offsets':[2,4]}} | a gap | begins at byte",
        "{'a':{'dtype':'U8','shape':[3],'data_offsets':[0,3]}} | 1 bytes that belong to no tensor | end of the file",
        "{'a':5} | VALUE_NUMBER_INT | START_OBJECT",
        "{'__metadata__':{'a':5}} | __metadata__, key \"a\" | VALUE_STRING",
        "{'__metadata__':{'a':{'b':'c'}}} | __metadata__, key \"a\" | VALUE_STRING",
        "{'__metadata__':['a']} | __metadata__ | START_OBJECT",
        "{'__metadata__':{},'__metadata__':{}} | Duplicate field '__metadata__' | JSON",
        "{'a\\ud800':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | half of a surrogate pair | Unicode",
        "{'__metadata__':{'a':'\\udc00'}} | key \"a\" | half of a surrogate pair",
        "{'a\\n\\u001b[2J\\u202e':{'dtype':'F99'}} | tensor \"a??[2J?\" | one of",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,9223372036854775807]}} | tensor \"a\" | <= 4",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32' | tensor \"b\" | end-of-input",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} {} | text after | spaces only",
        "{'a':{'dtype':'F32' | end-of-input | JSON",
        "[] | byte 0x5b | beginning with {",
      })
  void refusesHostileHeaders(String header, String found, String expected) throws IOException {
    refuses(
        WeightFiles.safetensors(folder.resolve("h"), header.replace('\'', '"').strip(), 4),
        found.strip(),
        expected.strip());
  }

  @Test
  void refusesHeadersBeyondTheFileOrTheLimitAndBadText() throws IOException {
    Path file = folder.resolve("f");
    byte[] empty = "{}".getBytes(StandardCharsets.UTF_8);
    for (long length : new long[] {3, 100_000_001, Long.MAX_VALUE, -1}) {
      WeightFiles.safetensors(file, length, empty, 0);
      refuses(file, Long.toUnsignedString(length), "at most 2");
    }
    WeightFiles.safetensors(file, 0, new byte[0], 0);
    refuses(file, "nothing", "JSON object");
    byte[] overlong = {'{', '"', (byte) 0xc0, (byte) 0x80, '"', ':', '{', '}', '}'};
    WeightFiles.safetensors(file, overlong.length, overlong, 0);
    refuses(file, "at byte 10", "0xc0", "UTF-8");
    byte[] wide = "{}".getBytes(StandardCharsets.UTF_16LE);
    WeightFiles.safetensors(file, wide.length, wide, 0);
    refuses(file, "UTF-8");
  }

  @ParameterizedTest
  @CsvSource({"128", "640", "19280", "123"})
  void knowsItselfByMoreThanTheFirstByte(int headerLength) throws IOException {
    // These lengths begin with the bytes of a pickle, of a zip file, and of JSON.
    String header = "{}" + " ".repeat(headerLength - 2);
    try (Checkpoint checkpoint =
        Checkpoint.open(WeightFiles.safetensors(folder.resolve("l"), header, 0))) {
      assertThat(checkpoint.tensors()).isEmpty();
    }
  }

  @Test
  void boundsTheNumberOfAxes() throws IOException {
    String shape = "1,".repeat(64) + "1";
    String header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[" + shape + "],\"data_offsets\":[0,1]}}";
    refuses(WeightFiles.safetensors(folder.resolve("r"), header, 1), "more than 64 axes");
  }

  @Test
  void acceptsScalarsEmptyTensorsAndPadding() throws IOException {
    String header =
        "{\"s\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
            + "\"e\":{\"dtype\":\"F16\",\"shape\":[0,7],\"data_offsets\":[8,8]}}     ";
    try (Checkpoint checkpoint =
        Checkpoint.open(WeightFiles.safetensors(folder.resolve("s"), header, 8))) {
      assertThat(checkpoint.tensors()).containsOnlyKeys("s", "e");
      assertThat(WeightFiles.read(checkpoint, "s")).containsExactly(0);
      assertThat(WeightFiles.read(checkpoint, "e")).isEmpty();
      assertThat(checkpoint.bytes("e").remaining()).isZero();
    }
  }

  @Test
  void readsSafetensorsInMemoryFromTheBuffersPositionToItsLimit() throws IOException {
    String header = "{\"s\":{\"dtype\":\"I16\",\"shape\":[2],\"data_offsets\":[0,4]}}";
    byte[] file = Files.readAllBytes(WeightFiles.safetensors(folder.resolve("m"), header, 4));
    file[file.length - 2] = 7;
    ByteBuffer bytes = ByteBuffer.allocate(file.length + 8).put(3, file);
    try (Checkpoint checkpoint =
        Checkpoint.safetensors("value", bytes.position(3).limit(3 + file.length))) {
      assertThat(WeightFiles.read(checkpoint, "s")[1]).isEqualTo(7);
      assertThat(checkpoint.bytes("s").getShort(2)).isEqualTo((short) 7);
    }
    assertThatThrownBy(() -> Checkpoint.safetensors("value", bytes.limit(2 + file.length)))
        .isInstanceOf(WeightFormatException.class)
        .hasMessageContaining("value: ")
        .hasMessageContaining("data_offsets");
    assertThatThrownBy(() -> Checkpoint.safetensors("value", ByteBuffer.allocate(3)))
        .isInstanceOf(WeightFormatException.class);
  }

  @Test
  void writesAnAlignedHeaderAndKeepsTheMetadata() throws IOException {
    Path file = folder.resolve("w.safetensors");
    List<TensorInfo> tensors = List.of(TensorInfo.f32("ä\"\n", 2), TensorInfo.f32("s"));
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, tensors, Map.of("k", "v"))) {
      writer.write("ä\"\n", new float[] {1, Float.NaN});
      writer.write("s", new float[] {3});
      writer.commit();
    }
    byte[] bytes = Files.readAllBytes(file);
    assertThat(bytes[0] % 8).isZero();
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThat(checkpoint.metadata()).containsExactly(Map.entry("k", "v"));
      assertThat(checkpoint.tensors().values()).containsExactlyElementsOf(tensors);
      assertThat(WeightFiles.read(checkpoint, "ä\"\n")).containsExactly(1, Float.NaN);
    }
    assertThat(names()).containsExactly("w.safetensors");
  }

  @Test
  void writesTensorsOfEveryTypeFromTheirBytes() throws IOException {
    Path file = folder.resolve("types.safetensors");
    // more elements than one piece of the writer holds
    int length = 150_000;
    List<TensorInfo> tensors = new ArrayList<>();
    for (DType dtype : DType.values()) {
      tensors.add(new TensorInfo(dtype.name(), dtype, List.of((long) length)));
    }
    Map<String, byte[]> written = new HashMap<>();
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, tensors, Map.of())) {
      for (TensorInfo tensor : tensors) {
        byte[] bytes = new byte[(int) tensor.byteCount()];
        new SplittableRandom(tensor.name().length()).nextBytes(bytes);
        written.put(tensor.name(), bytes);
        assertThatThrownBy(() -> writer.write(tensor.name(), ByteBuffer.allocate(3)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("bytes must be the " + tensor.byteCount());
        if (tensor.dtype() != DType.F32 && tensor.dtype() != DType.BF16) {
          assertThatThrownBy(() -> writer.write(tensor.name(), new float[length]))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("but were 150000 floats");
        }
        writer.write(tensor.name(), ByteBuffer.wrap(bytes));
      }
      writer.commit();
    }
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      for (TensorInfo tensor : tensors) {
        ByteBuffer bytes = checkpoint.bytes(tensor.name());
        assertThat(bytes).isEqualTo(ByteBuffer.wrap(written.get(tensor.name())));
      }
    }
  }

  @Test
  void leavesTheOldFileWhenAbortedAndNoTemporaryFile() throws IOException {
    Path file = folder.resolve("old");
    Files.writeString(file, "old");
    List<TensorInfo> tensors = List.of(TensorInfo.f32("a", 2), TensorInfo.f32("b", 1));
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, tensors, Map.of())) {
      assertThatThrownBy(() -> writer.write("b", new float[1]))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("name must be \"a\" but was \"b\"");
      assertThatThrownBy(() -> writer.write("a", new float[3]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("2 elements");
      writer.write("a", new float[2]);
      assertThatThrownBy(writer::commit)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("\"b\" must be written");
    }
    assertThat(file).hasContent("old");
    assertThat(names()).containsExactly("old");
  }

  @Test
  void refusesToWriteWhatCouldNotBeRead() {
    Path file = folder.resolve("x");
    TensorInfo a = TensorInfo.f32("a", 1);
    for (List<TensorInfo> bad :
        List.of(List.of(a, a), List.of(TensorInfo.f32("__metadata__", 1)))) {
      assertThatThrownBy(() -> SafetensorsWriter.create(file, bad, Map.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("unique names");
    }
    assertThat(file).doesNotExist();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(path -> path.getFileName().toString()).toList();
    }
  }

  private static void refuses(Path file, String... parts) {
    assertThatThrownBy(() -> Checkpoint.open(file).close())
        .isInstanceOf(WeightFormatException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("at byte")
        .hasMessageContainingAll(parts);
  }
}
