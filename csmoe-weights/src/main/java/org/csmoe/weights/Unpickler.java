package org.csmoe.weights;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.csmoe.WeightFormatException;
import org.csmoe.weights.Pickled.Constant;
import org.csmoe.weights.Pickled.Dictionary;
import org.csmoe.weights.Pickled.Refusal;
import org.csmoe.weights.Pickled.Sequence;
import org.csmoe.weights.Pickled.Tensor;
import org.csmoe.weights.Pickled.Tuple;

/**
 * Reads the opcodes that {@code torch.save} writes with protocols 2 to 5 into plain values. There
 * is no opcode here that can run code or load a class: a global is a name that must be in the
 * allow-list of {@link TorchObjects}, and calling one yields a plain value. Used once, by one
 * thread.
 */
final class Unpickler {
  /** Bytes; a checkpoint of 100,000 tensors has about 20 MB. */
  static final int MAX_LENGTH = 1 << 26;

  private static final int MAX_STACK = 1 << 18;
  private static final int MAX_VALUES = 1 << 22;
  private static final int MAX_MEMO = 1 << 21;
  private static final int MAX_STRING = 1 << 20;
  private static final int MAX_KEY = 1 << 16;

  private final ByteBuffer in;
  private final List<Object> stack = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();
  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
  private int values;

  private Unpickler(ByteBuffer in) {
    this.in = in.order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Reads one pickle.
   *
   * @param in the whole pickle
   * @param file where it comes from, for messages
   * @param offset of its first byte in the file
   */
  static Object load(ByteBuffer in, WeightFile file, long offset) {
    Unpickler unpickler = new Unpickler(in);
    int at = 0;
    try {
      while (true) {
        at = unpickler.in.position();
        int opcode = unpickler.u1();
        if (opcode == '.') {
          return unpickler.pop();
        }
        unpickler.step(opcode);
      }
    } catch (Refusal e) {
      throw new WeightFormatException(
          "%s: data.pkl at byte %d: %s".formatted(file.name(), offset + at, e.getMessage()), e);
    } catch (BufferUnderflowException e) {
      throw new WeightFormatException(
          "%s: data.pkl at byte %d: found its end; expected more: the file is cut short"
              .formatted(file.name(), offset + at),
          e);
    }
  }

  private void step(int opcode) throws Refusal {
    switch (opcode) {
      case 0x80 -> requireProtocol(u1());
      case 0x95 -> in.getLong(); // FRAME: a hint for readers of streams
      case '(' -> mark();
      case '0' -> pop();
      case '1' -> popMark();
      case '2' -> push(top());
      case 'N' -> push(Constant.NONE);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'J' -> push((long) in.getInt());
      case 'K' -> push((long) u1());
      case 'M' -> push((long) Short.toUnsignedInt(in.getShort()));
      case 0x8a -> push(integer(u1()));
      case 'G' -> push(in.order(ByteOrder.BIG_ENDIAN).getDouble());
      case 'X' -> push(text(Integer.toUnsignedLong(in.getInt())));
      case 0x8c -> push(text(u1()));
      case 0x8d -> push(text(in.getLong()));
      case 'U', 'C' -> skipBytes(u1());
      case 'T', 'B' -> skipBytes(Integer.toUnsignedLong(in.getInt()));
      case 0x8e, 0x96 -> skipBytes(in.getLong());
      case 'q' -> remember(u1());
      case 'r' -> remember(in.getInt());
      case 0x94 -> remember(memo.size());
      case 'h' -> recall(u1());
      case 'j' -> recall(in.getInt());
      default -> stepContainer(opcode);
    }
    in.order(ByteOrder.LITTLE_ENDIAN);
  }

  private void stepContainer(int opcode) throws Refusal {
    switch (opcode) {
      case ')' -> push(new Tuple(List.of()));
      case 0x85 -> push(new Tuple(List.copyOf(popLast(1))));
      case 0x86 -> push(new Tuple(List.copyOf(popLast(2))));
      case 0x87 -> push(new Tuple(List.copyOf(popLast(3))));
      case 't' -> push(new Tuple(List.copyOf(popMark())));
      case ']' -> push(new Sequence(new ArrayList<>()));
      case 'l' -> push(new Sequence(popMark()));
      case 'a' -> append(popLast(1));
      case 'e' -> append(popMark());
      case '}' -> push(new Dictionary(new LinkedHashMap<>()));
      case 'd' -> {
        List<Object> items = popMark();
        push(new Dictionary(new LinkedHashMap<>()));
        put(items);
      }
      case 's' -> put(popLast(2));
      case 'u' -> put(popMark());
      case 0x8f -> push(Constant.OPAQUE); // EMPTY_SET
      case 0x90 -> popMark(); // ADDITEMS
      case 0x91 -> { // FROZENSET
        popMark();
        push(Constant.OPAQUE);
      }
      case 'c' -> push(TorchObjects.global(line(), line()));
      case 0x93 -> {
        List<Object> names = popLast(2);
        push(TorchObjects.global(string(names.get(0)), string(names.get(1))));
      }
      case 'R', 0x81 -> {
        List<Object> call = popLast(2);
        push(TorchObjects.call(call.get(0), call.get(1)));
      }
      case 'b' -> build();
      case 'Q' -> push(TorchObjects.storage(pop()));
      default ->
          throw new Refusal("opcode 0x%02x".formatted(opcode), "an opcode that torch.save writes");
    }
  }

  private static void requireProtocol(int protocol) throws Refusal {
    if (protocol < 2 || protocol > 5) {
      throw new Refusal("pickle protocol " + protocol, "2 to 5");
    }
  }

  private int u1() {
    return Byte.toUnsignedInt(in.get());
  }

  private Object integer(int length) {
    byte[] littleEndian = new byte[length];
    in.get(littleEndian);
    byte[] bytes = new byte[length + 1];
    for (int i = 0; i < length; i++) {
      bytes[length - i] = littleEndian[i];
    }
    bytes[0] = (byte) (length > 0 && littleEndian[length - 1] < 0 ? -1 : 0);
    BigInteger value = new BigInteger(bytes);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  private String text(long length) throws Refusal {
    if (length < 0 || length > MAX_STRING) {
      throw new Refusal(
          "a string of " + Long.toUnsignedString(length) + " bytes", "at most " + MAX_STRING);
    }
    byte[] bytes = new byte[Math.toIntExact(Math.min(length, in.remaining()))];
    if (bytes.length < length) {
      throw new BufferUnderflowException();
    }
    in.get(bytes);
    try {
      return utf8.decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new Refusal(
          "the text "
              + WeightFile.quote(new String(bytes, StandardCharsets.UTF_8))
              + ", which is no UTF-8",
          "UTF-8");
    }
  }

  private void skipBytes(long length) throws Refusal {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    in.position(in.position() + (int) length);
    push(Constant.OPAQUE);
  }

  private String line() {
    int start = in.position();
    while (in.get() != '\n') {
      // Reads on to the end of the line.
    }
    byte[] bytes = new byte[in.position() - 1 - start];
    in.get(start, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private void push(Object value) throws Refusal {
    // An empty dictionary is one byte here and a hundred in memory.
    if (++values > MAX_VALUES) {
      throw new Refusal("more than " + MAX_VALUES + " values", "a smaller structure");
    }
    if (stack.size() >= MAX_STACK) {
      throw new Refusal("a stack of more than " + MAX_STACK + " values", "a shallower structure");
    }
    stack.add(value);
  }

  private void mark() throws Refusal {
    if (marks.size() >= MAX_STACK) {
      throw new Refusal("more than " + MAX_STACK + " marks", "a shallower structure");
    }
    marks.add(stack.size());
  }

  private int floor() {
    return marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
  }

  private Object top() throws Refusal {
    if (stack.size() <= floor()) {
      throw new Refusal("an empty stack", "a value");
    }
    return stack.get(stack.size() - 1);
  }

  private Object pop() throws Refusal {
    Object value = top();
    stack.remove(stack.size() - 1);
    return value;
  }

  private List<Object> popLast(int count) throws Refusal {
    if (stack.size() - count < floor()) {
      throw new Refusal("too few values on the stack", count + " values");
    }
    return cut(stack.size() - count);
  }

  private List<Object> popMark() throws Refusal {
    if (marks.isEmpty()) {
      throw new Refusal("no mark on the stack", "a mark");
    }
    return cut(marks.remove(marks.size() - 1));
  }

  private List<Object> cut(int from) {
    List<Object> tail = stack.subList(from, stack.size());
    List<Object> values = new ArrayList<>(tail);
    tail.clear();
    return values;
  }

  private void remember(int index) throws Refusal {
    memo.put(index, top());
    if (memo.size() > MAX_MEMO) {
      throw new Refusal("more than " + MAX_MEMO + " memorised values", "a smaller structure");
    }
  }

  private void recall(int index) throws Refusal {
    Object value = memo.get(index);
    if (value == null) {
      throw new Refusal("no memorised value " + index, "an earlier one");
    }
    push(value);
  }

  private void append(List<Object> values) throws Refusal {
    if (!(top() instanceof Sequence sequence)) {
      throw new Refusal("items for " + Pickled.kind(top()), "a list");
    }
    sequence.items().addAll(values);
  }

  private void put(List<Object> values) throws Refusal {
    if (!(top() instanceof Dictionary dictionary) || values.size() % 2 != 0) {
      throw new Refusal(
          "%d keys and values for %s".formatted(values.size(), Pickled.kind(top())),
          "pairs for a dictionary");
    }
    for (int i = 0; i < values.size(); i += 2) {
      String key = key(values.get(i));
      if (dictionary.items().containsKey(key)) {
        throw new Refusal("the key " + WeightFile.quote(key) + " twice", "unique keys");
      }
      dictionary.items().put(key, values.get(i + 1));
    }
  }

  /**
   * The text of a key. Text alone, since hash codes of containers can recurse without end, and
   * numbers of several kinds that share one make a hash table a list.
   */
  private static String key(Object value) throws Refusal {
    if (value instanceof Pickled && value != Constant.NONE) {
      throw new Refusal("a key of kind " + Pickled.kind(value), "a string, number or None");
    }
    String key = value == Constant.NONE ? "None" : value.toString();
    if (key.length() > MAX_KEY) {
      throw new Refusal("a key of " + key.length() + " characters", "at most " + MAX_KEY);
    }
    return key;
  }

  /** Attributes, such as a state dict's {@code _metadata}, matter to no tensor. */
  private void build() throws Refusal {
    pop();
    Object target = top();
    if (!(target instanceof Dictionary || target instanceof Tensor || target == Constant.OPAQUE)) {
      throw new Refusal(
          "a state for " + Pickled.kind(target), "a state for a dictionary or tensor");
    }
  }

  private static String string(Object value) throws Refusal {
    if (value instanceof String text) {
      return text;
    }
    throw new Refusal(Pickled.kind(value), "the name of a global");
  }
}
