package org.csmoe.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A zip file made byte by byte, so that it can lie. */
final class ZipBytes {
  private static final int IN_ZIP64 = -1;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
  private final List<String> names = new ArrayList<>();

  /** What an entry's two headers say of it. */
  record Claim(String name, String localName, int flags, int localFlags, int method, long size) {
    static Claim of(String name, byte[] data) {
      return new Claim(name, name, 0, 0, 0, data.length);
    }

    Claim localName(String other) {
      return new Claim(name, other, flags, localFlags, method, size);
    }

    Claim flags(int central, int local) {
      return new Claim(name, localName, central, local, method, size);
    }

    Claim method(int other) {
      return new Claim(name, localName, flags, localFlags, other, size);
    }

    Claim size(long other) {
      return new Claim(name, localName, flags, localFlags, method, other);
    }
  }

  ZipBytes add(String name, byte[] data) {
    return add(Claim.of(name, data), data);
  }

  /**
   * Sizes beyond 32 bits go into a zip64 field; those of exactly 2^32 - 1 claim one and have none.
   */
  ZipBytes add(Claim claim, byte[] data) {
    int at = out.size();
    byte[] name = claim.name.getBytes(StandardCharsets.UTF_8);
    byte[] localName = claim.localName.getBytes(StandardCharsets.UTF_8);
    boolean wide = claim.size != (int) claim.size;
    ByteBuffer local = ByteBuffer.allocate(30 + localName.length).order(ByteOrder.LITTLE_ENDIAN);
    local.putInt(0x04034b50).putShort((short) 45).putShort((short) claim.localFlags);
    local.putShort((short) claim.method).position(26);
    local.putShort((short) localName.length).putShort((short) 0).put(localName);
    out.writeBytes(local.array());
    out.writeBytes(data);
    boolean field = wide && claim.size != 0xffffffffL;
    ByteBuffer central =
        ByteBuffer.allocate(46 + name.length + (field ? 20 : 0)).order(ByteOrder.LITTLE_ENDIAN);
    central.putInt(0x02014b50).putInt(0x002d002d).putShort((short) claim.flags);
    central.putShort((short) claim.method).position(20);
    central.putInt(wide ? IN_ZIP64 : (int) claim.size);
    central.putInt(wide ? IN_ZIP64 : (int) claim.size);
    central.putShort((short) name.length).putShort((short) (field ? 20 : 0)).position(42);
    central.putInt(at).put(name);
    if (field) {
      central.putShort((short) 1).putShort((short) 16).putLong(claim.size).putLong(claim.size);
    }
    directory.writeBytes(central.array());
    names.add(claim.name);
    return this;
  }

  byte[] end() {
    return end(names.size(), out.size(), directory.size());
  }

  byte[] end(int count, int offset, int size) {
    out.writeBytes(directory.toByteArray());
    ByteBuffer end =
        ByteBuffer.allocate(22).order(ByteOrder.LITTLE_ENDIAN).putInt(0x06054b50).putInt(0);
    end.putShort((short) count).putShort((short) count).putInt(size).putInt(offset);
    out.writeBytes(end.array());
    return out.toByteArray();
  }

  /** Ends with zip64 records, whose locator points to a byte relative to the record itself. */
  byte[] end64(long locatorError, long count, long offset, long size) {
    out.writeBytes(directory.toByteArray());
    long at = out.size();
    ByteBuffer end = ByteBuffer.allocate(56 + 20 + 22).order(ByteOrder.LITTLE_ENDIAN);
    end.putInt(0x06064b50).putLong(44).putInt(0x002d002d).putLong(0);
    end.putLong(count).putLong(count).putLong(size).putLong(offset);
    end.putInt(0x07064b50).putInt(0).putLong(at + locatorError).putInt(1);
    end.putInt(0x06054b50).putInt(0).putInt(-1).putInt(-1).putInt(-1);
    out.writeBytes(end.array());
    return out.toByteArray();
  }

  int offset() {
    return out.size();
  }

  int directorySize() {
    return directory.size();
  }
}
