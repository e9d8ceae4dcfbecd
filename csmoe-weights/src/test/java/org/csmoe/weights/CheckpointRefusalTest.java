package org.csmoe.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.csmoe.WeightFormatException;
import org.csmoe.weights.WeightFiles.Pickle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointRefusalTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path folder;

  @ParameterizedTest
  @CsvSource({
    "refused_malicious.pt, posix.system, nothing of the file was executed",
    "refused_namespace.ckpt, argparse.Namespace, torch.save",
    "refused_legacy.pt, before 1.6, torch.save",
    "refused_torchscript.pt, TorchScript, m.state_dict()",
    "refused_deflated.pt, compression method 8, stored",
    "expected.json, no object \"weight_map\", shards"
  })
  void refusesGoldenFilesByNameWithAdvice(String file, String found, String advice) {
    refuses(WeightFiles.golden(file), found, advice);
    assertThat(Path.of("weights-golden-was-executed")).doesNotExist();
  }

  @Test
  void refusesShortUnknownAndFolders() throws IOException {
    Path file = folder.resolve("x.pt");
    Files.writeString(file, "abc");
    refuses(file, "3 bytes", "safetensors");
    Files.writeString(file, "GIF89a with more text");
    refuses(file, "header length", "PyTorch archive");
    Files.writeString(file, "{\"a\": [1, 2");
    refuses(file, "JSON index", "end-of-input");
    Files.writeString(file, "PK and nothing that follows it");
    refuses(file, "no end-of-directory record", "cut short");
    refuses(folder, "found a folder", "expected a file");
  }

  @Test
  void refusesWhatIsNoFileInsteadOfWaitingForIt() {
    Path device = Path.of("/dev/null");
    assumeThat(device).as("a device").exists();
    refuses(device, "no regular file", "expected one");
  }

  @Test
  void readsAPickleMadeByHand() throws IOException {
    Path file = torch(new Pickle().op("}").text("w").tensor(1, 2, 2).op("s").stop());
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThat(checkpoint.tensors()).containsOnlyKeys("w");
      assertThat(WeightFiles.read(checkpoint, "w")).containsExactly(1, 3);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, 3, 1",
    "0, 3, 2",
    "-1, 2, 1",
    "0, 2, -1",
    "4, 1, 1",
    "0, -2, 1",
    "2147483647, 2147483647, 2147483647"
  })
  void refusesTensorsOutsideTheirStorage(int offset, int length, int stride) throws IOException {
    Path file = torch(new Pickle().op("}").text("w").tensor(offset, length, stride).op("s").stop());
    refuses(file, "tensor \"w\"", "expected");
  }

  @Test
  void refusesAStorageThatIsNotInTheArchiveOrLongerThanItsEntry() throws IOException {
    byte[] pickle = new Pickle().op("}").text("w").tensor(0, 4, 1).op("s").stop();
    Path file = folder.resolve("a.pt");
    WeightFiles.zip(file, Map.of("archive/data.pkl", pickle));
    refuses(file, "no zip entry for storage \"0\"", "archive/data/");
    WeightFiles.zip(file, Map.of("archive/data.pkl", pickle, "archive/data/0", new byte[15]));
    refuses(file, "zip entry of 15", "inside its storage");
  }

  @Test
  void refusesGlobalsOfAnyKindOfOpcode() throws IOException {
    refuses(torch(new Pickle().op("cos\nsystem\n").stop()), "\"os.system\"", "plain data");
    byte[] stackGlobal = new Pickle().text("builtins").text("eval").op("\u0093.").stop();
    refuses(torch(stackGlobal), "\"builtins.eval\"", "plain data");
    // INST and EXT1 have no place in what torch.save writes.
    refuses(torch(new Pickle().op("(ios\nsystem\n").stop()), "opcode 0x69", "torch.save");
    refuses(torch(new Pickle().op("\u0082\u0001").stop()), "opcode 0x82", "torch.save");
  }

  @Test
  void refusesStructuresWithoutEnd() throws IOException {
    // A dictionary that contains itself, and one that doubles at each of 60 levels.
    byte[] cycle = new Pickle().op("}q\0").text("a").op("h\0s").stop();
    refuses(torch(cycle), "nested dictionaries", "at most 64");
    Pickle doubling = new Pickle().op("}");
    for (int i = 0; i < 60; i++) {
      doubling.op("q\0" + "0}").text("a").op("h\0s").text("b").op("h\0s");
    }
    byte[] pickle = doubling.stop();
    // The bound is the pickle's length: sharing may not make a small file a large one.
    refuses(torch(pickle), "nested dictionaries", "at most 64 and " + pickle.length);
    byte[] selfTuple = new Pickle().op("](h\0").stop();
    refuses(torch(selfTuple), "no memorised value 0", "an earlier one");
    refuses(torch(new Pickle().op("]q\0h\0a").stop()), "found Sequence", "a dictionary of tensors");
  }

  @Test
  void refusesHashingWhatCouldBeEndless() throws IOException {
    refuses(torch(new Pickle().op("})Ns").stop()), "a key of kind Tuple", "a string, number");
    refuses(torch(new Pickle().op("}]Ns").stop()), "a key of kind Sequence", "a string, number");
  }

  @Test
  void refusesBrokenMachines() throws IOException {
    refuses(torch(new Pickle().op("0").stop()), "an empty stack", "a value");
    refuses(torch(new Pickle().op("t").stop()), "no mark", "a mark");
    refuses(torch(new Pickle().op("(N(0").stop()), "an empty stack", "a value");
    refuses(torch(new Pickle().op("Ns").stop()), "too few values", "2 values");
    refuses(torch(new Pickle().op("NNNs").stop()), "for Constant", "dictionary");
    refuses(torch(new Pickle().op("NNR").stop()), "a call of Constant", "a global and a tuple");
    refuses(torch(new Pickle().op("NQ").stop()), "persistent id", "storage");
    refuses(torch(new Pickle().op("X\u00ff\u00ff\u00ff\u00ff").stop()), "a string of", "at most");
    refuses(torch(new Pickle().op("X\u00ff\0\0\0").stop()), "cut short", "more");
    refuses(torch(new byte[] {(byte) 0x80, 9, '.'}), "protocol 9", "2 to 5");
    refuses(torch(new Pickle().op("N").stop()), "found Constant", "dictionary of tensors");
    byte[] whole = new Pickle().op("}").text("w").tensor(0, 4, 1).op("s").stop();
    for (int length = 0; length < whole.length; length++) {
      refuses(torch(Arrays.copyOf(whole, length)), "found its end", "cut short");
    }
  }

  @Test
  void boundsTheStackAndTheNumberOfValues() throws IOException {
    refuses(torch(new Pickle().op("]" + "}a".repeat(1 << 22)).stop()), "4194304 values", "smaller");
    byte[] pickle = new byte[400_000];
    Arrays.fill(pickle, (byte) 'N');
    refuses(torch(pickle), "a stack of more than", "shallower");
  }

  @Test
  void refusesHostileZips() throws IOException {
    Path file = folder.resolve("z.pt");
    WeightFiles.zip(file, Map.of("../data.pkl", new byte[1]));
    refuses(file, "leaves the archive", "relative");
    WeightFiles.zip(file, Map.of("/abs/data.pkl", new byte[1]));
    refuses(file, "leaves the archive", "relative");
    WeightFiles.zip(file, Map.of("a/readme", new byte[1]));
    refuses(file, "0 entries named data.pkl", "torch.save");
    WeightFiles.zip(file, Map.of("a/data.pkl", new byte[1], "b/data.pkl", new byte[1]));
    refuses(file, "2 entries named data.pkl", "torch.save");
    byte[] good = new Pickle().op("}").stop();
    byte[] order = "middle".getBytes(StandardCharsets.US_ASCII);
    WeightFiles.zip(file, Map.of("a/data.pkl", good, "a/byteorder", order));
    refuses(file, "\"middle\"", "little or big");
  }

  @Test
  void refusesShardsThatDoNotFitTheirIndex() throws IOException {
    Path index = folder.resolve("m.index.json");
    WeightFiles.safetensors(
        folder.resolve("s1"),
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        4);
    for (String shard : new String[] {"../s1", "/etc/passwd", "x/../../s1", "a\\\\b", ""}) {
      Files.writeString(index, "{\"weight_map\": {\"a\": \"%s\"}}".formatted(shard));
      refuses(index, "shard \"" + shard.replace("\\\\", "\\"), "in the folder of the index");
    }
    for (String shard : new String[] {".", "s2", "s1/s1"}) {
      Files.writeString(index, "{\"weight_map\": {\"a\": \"%s\"}}".formatted(shard));
      refuses(index, "no file for shard \"" + shard + "\"", "beside the index");
    }
    Files.writeString(index, "{\"weight_map\": {\"b\": \"s1\"}}");
    refuses(index, "tensor \"a\"", "an entry in weight_map");
    Files.writeString(index, "{\"weight_map\": {\"a\": \"s1\", \"b\": \"s1\"}}");
    refuses(index, "no such tensor in shard \"s1\"", "every tensor");
    Files.writeString(index, "{\"weight_map\": {\"a\": 1}}");
    refuses(index, "tensor \"a\"", "JSON VALUE_NUMBER_INT", "the name of a shard");
    Files.writeString(index, "{\"weight_map\": {\"a\": \"s1\", \"a\": \"s1\"}}");
    refuses(index, "Duplicate field 'a'", "JSON index");
    Files.writeString(index, "{\"weight_map\": {\"a\": \"s1\"}} {}");
    refuses(index, "text after the JSON object", "spaces only");
    Files.write(index, new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}', ' '});
    refuses(index, "byte 0xff, which is no UTF-8", "at byte 2");
    Files.write(index, "{\"weight_map\": {}}".getBytes(StandardCharsets.UTF_16LE));
    refuses(index, "byte 0x00", "UTF-8");
    Files.writeString(index, "{\"weight_map\": {\"a\": \"m.index.json\"}}");
    refuses(index, "header length", "at most");
  }

  private Path torch(byte[] pickle) throws IOException {
    return WeightFiles.torch(folder.resolve("t.pt"), pickle);
  }

  private static void refuses(Path file, String... parts) {
    assertThatThrownBy(() -> Checkpoint.open(file).close())
        .isInstanceOf(WeightFormatException.class)
        .hasMessageContaining(file.getFileName().toString())
        .hasMessageContainingAll(parts);
  }
}
