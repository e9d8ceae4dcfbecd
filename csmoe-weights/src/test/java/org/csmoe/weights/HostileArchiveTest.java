package org.csmoe.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import org.csmoe.WeightFormatException;
import org.csmoe.weights.WeightFiles.Pickle;
import org.csmoe.weights.ZipBytes.Claim;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PyTorch archives that are made to exhaust or to deceive their reader. */
class HostileArchiveTest {
  private static final byte[] STORAGE = new byte[16];

  private static byte[] torch(byte[] pickle) {
    return new ZipBytes().add("a/data.pkl", pickle).add("a/data/0", STORAGE).end();
  }

  private static byte[] good() {
    return new Pickle().op("}").text("w").tensor(0, 4, 1).op("s").stop();
  }

  private static void refuses(byte[] file, String... parts) {
    assertThatThrownBy(() -> WeightFiles.open(file))
        .isInstanceOf(WeightFormatException.class)
        .hasMessageContaining("memory: ")
        .hasMessageContaining("expected")
        .hasMessageContainingAll(parts);
  }

  @Test
  void readsTheArchiveThatTheOthersAreVariantsOf() throws IOException {
    assertThat(WeightFiles.open(torch(good())).tensors()).containsOnlyKeys("w");
  }

  @Test
  void boundsMarksAndTheMemo() {
    refuses(torch(new Pickle().op("(".repeat(300_000)).stop()), "more than 262144 marks");
    Pickle memo = new Pickle().op("N" + "\u0094".repeat(1 << 21));
    refuses(torch(memo.op("r\1\2\3\4").stop()), "more than 2097152 memorised values");
    // An index says nothing of the memory that is taken for it.
    refuses(torch(new Pickle().op("Nr\u00ff\u00ff\u00ff\u007f").stop()), "found Constant");
  }

  @Test
  void readsAndRefusesDeepNestingWithoutRecursion() throws IOException {
    String deep = "\u0085".repeat(2_000_000);
    byte[] value =
        new Pickle()
            .op("}")
            .text("w")
            .tensor(0, 4, 1)
            .op("s")
            .text("x")
            .op(")" + deep)
            .op("s")
            .stop();
    assertThat(WeightFiles.open(torch(value)).tensors()).containsOnlyKeys("w");
    refuses(torch(new Pickle().op("}N" + deep + "Ns").stop()), "a key of kind Tuple");
    refuses(torch(new Pickle().op("N" + deep).stop()), "found Tuple");
    refuses(torch(new Pickle().op("N" + deep + "Q").stop()), "another persistent id");
    Pickle dictionaries = new Pickle().op("}");
    for (int i = 0; i < 100; i++) {
      dictionaries.text("k").op("}");
    }
    refuses(torch(dictionaries.op("s".repeat(100)).stop()), "65 nested dictionaries");
  }

  @Test
  void boundsWhatOneCallCanBuild() {
    String axes = "K\1".repeat(65);
    Pickle wide = new Pickle().op("}").text("w").op("ctorch._utils\n_rebuild_tensor_v2\n((");
    wide.text("storage").op("ctorch\nFloatStorage\n").text("0").text("cpu").integer(4).op("tQ");
    wide.integer(0).op("(" + axes + "t(" + axes + "t\u0089}tRs");
    refuses(torch(wide.stop()), "a tensor of 65 axes", "at most 64");
    String type = "ctorch._tensor\n_rebuild_from_type_v2\n";
    Pickle looping = new Pickle().op("}").text("w").op(type + "(" + type);
    looping.op("ctorch\nTensor\n(" + type + "ctorch\nTensor\n)}tNtRs");
    refuses(torch(looping.stop()), "a subclass of tensor");
    refuses(torch(new Pickle().op("ctorch\nSize\n)R)R").stop()), "a call of Constant");
  }

  @Test
  void refusesATensorThatStrideZeroMakesLargerThanTheFile() {
    byte[] pickle = new Pickle().op("}").text("w").tensor(0, 1 << 30, 0).op("s").stop();
    refuses(torch(pickle), "tensor \"w\"", "4294967296 bytes", "not larger than the file");
  }

  @Test
  void boundsTheTextOfAllNames() {
    Pickle pickle = new Pickle().op("}").text("k".repeat(1000)).op("}");
    pickle.text("w").tensor(0, 4, 1).op("q\0s");
    for (int i = 0; i < 34_000; i++) {
      pickle.text(Integer.toString(i)).op("h\0s");
    }
    refuses(torch(pickle.op("s").stop()), "names of more than 33554432 characters");
  }

  @Test
  void refusesKeysThatAreNotToldApart() {
    refuses(
        torch(new Pickle().op("}").text("a").op("Ns").text("a").op("Ns").stop()),
        "the key \"a\" twice");
    refuses(torch(new Pickle().op("}").text("1").op("NsK\1Ns").stop()), "the key \"1\" twice");
    refuses(
        torch(new Pickle().op("}").text("k".repeat(70_000)).op("Ns").stop()),
        "a key of 70000 characters",
        "at most 65536");
    refuses(torch(new Pickle().op("}X\2\0\0\0\u00c0\u0080Ns").stop()), "which is no UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/../b", "../b", "/b", "a\\..\\b", "C:/b", "a/b\0", "..", "a/.."})
  void refusesNamesThatLeaveTheArchive(String name) {
    byte[] file = new ZipBytes().add("a/data.pkl", good()).add(name, STORAGE).end();
    refuses(file, "zip entry \"" + name.replace('\0', '?') + '"', "leaves the archive");
  }

  @Test
  void refusesEntriesThatAreNotPlain() {
    Claim storage = Claim.of("a/data/0", STORAGE);
    refuses(with(storage.flags(1, 1)), "zip entry \"a/data/0\"", "encryption");
    refuses(with(storage.flags(0, 1)), "zip entry \"a/data/0\"", "another entry's header");
    refuses(with(storage.method(8)), "zip entry \"a/data/0\"", "compression method 8");
    refuses(with(storage.method(99)), "zip entry \"a/data/0\"", "compression method 99");
    refuses(with(storage.localName("a/data/1")), "zip entry \"a/data/0\"", "another entry's");
    refuses(with(storage.localName("")), "zip entry \"a/data/0\"", "another entry's header");
  }

  private static byte[] with(Claim storage) {
    return new ZipBytes().add("a/data.pkl", good()).add(storage, STORAGE).end();
  }

  @Test
  void refusesAnEntryTwice() {
    ZipBytes zip = new ZipBytes().add("a/data.pkl", good()).add("a/data/0", STORAGE);
    refuses(zip.add("a/data/0", STORAGE).end(), "zip entry \"a/data/0\"", "the name twice");
    zip = new ZipBytes().add("a/data.pkl", good()).add("a/data.pkl", good());
    refuses(zip.end(), "zip entry \"a/data.pkl\"", "the name twice");
  }

  @ParameterizedTest
  @ValueSource(longs = {1000, Integer.MAX_VALUE, 0xffffffffL, 1L << 40, Long.MAX_VALUE, -1L << 40})
  void refusesSizesBeyondTheFile(long size) {
    refuses(with(Claim.of("a/data/0", STORAGE).size(size)), "zip entry \"a/data/0\"");
    Claim pickle = Claim.of("a/data.pkl", good()).size(size);
    refuses(new ZipBytes().add(pickle, good()).end(), "zip entry \"a/data.pkl\"");
  }

  @Test
  void refusesDirectoriesThatAreNotWhereOrWhatTheEndSays() {
    for (int[] claim :
        new int[][] {
          {1, 0, 0},
          {3, 0, 0},
          {0xfffe, 0, 0},
          {2, 1, 0},
          {2, 0, 1},
          {2, 0, -1},
          {2, -1, 0},
          {2, 0x7fffff00, 0},
          {2, 0, 0x7fffff00}
        }) {
      ZipBytes zip = new ZipBytes().add("a/data.pkl", good()).add("a/data/0", STORAGE);
      byte[] file = zip.end(claim[0], zip.offset() + claim[1], zip.directorySize() + claim[2]);
      refuses(file, "zip directory");
    }
  }

  @Test
  void refusesZip64RecordsThatLie() throws IOException {
    long[][] claims = {
      {0, 3, 0, 0},
      {0, -1, 0, 0},
      {1, 2, 0, 0},
      {-1, 2, 0, 0},
      {Long.MAX_VALUE / 2, 2, 0, 0},
      {Long.MIN_VALUE, 2, 0, 0},
      {0, 2, 1, 0},
      {0, 2, Long.MAX_VALUE / 2, 0},
      {0, 2, Long.MIN_VALUE, 0},
      {0, 2, 0, 1},
      {0, 2, 0, 1L << 33},
      {0, 2, 0, Long.MIN_VALUE},
    };
    for (long[] claim : claims) {
      refuses(zip64(claim), "zip");
    }
    assertThat(WeightFiles.open(zip64(0, 2, 0, 0)).tensors()).containsOnlyKeys("w");
  }

  private static byte[] zip64(long... errors) {
    ZipBytes zip = new ZipBytes().add("a/data.pkl", good()).add("a/data/0", STORAGE);
    return zip.end64(
        errors[0], errors[1], zip.offset() + errors[2], zip.directorySize() + errors[3]);
  }

  @Test
  void refusesEveryFileCutShort() {
    byte[] file = torch(good());
    for (int length = 0; length < file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThatThrownBy(() -> WeightFiles.open(cut)).isInstanceOf(WeightFormatException.class);
    }
  }
}
