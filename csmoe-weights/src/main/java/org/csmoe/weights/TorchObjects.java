package org.csmoe.weights;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.csmoe.weights.Pickled.Constant;
import org.csmoe.weights.Pickled.Dictionary;
import org.csmoe.weights.Pickled.Global;
import org.csmoe.weights.Pickled.Refusal;
import org.csmoe.weights.Pickled.Storage;
import org.csmoe.weights.Pickled.Tensor;
import org.csmoe.weights.Pickled.Tuple;

/** The globals that a pickle may name, and what calling them means as data. */
final class TorchObjects {
  private static final Map<String, DType> STORAGES =
      Map.ofEntries(
          Map.entry("torch.DoubleStorage", DType.F64),
          Map.entry("torch.FloatStorage", DType.F32),
          Map.entry("torch.HalfStorage", DType.F16),
          Map.entry("torch.BFloat16Storage", DType.BF16),
          Map.entry("torch.LongStorage", DType.I64),
          Map.entry("torch.IntStorage", DType.I32),
          Map.entry("torch.ShortStorage", DType.I16),
          Map.entry("torch.CharStorage", DType.I8),
          Map.entry("torch.ByteStorage", DType.U8),
          Map.entry("torch.BoolStorage", DType.BOOL),
          Map.entry("torch.storage.UntypedStorage", DType.U8));

  private static final Map<String, DType> DTYPES =
      Map.ofEntries(
          Map.entry("torch.float64", DType.F64),
          Map.entry("torch.float32", DType.F32),
          Map.entry("torch.float16", DType.F16),
          Map.entry("torch.bfloat16", DType.BF16),
          Map.entry("torch.int64", DType.I64),
          Map.entry("torch.int32", DType.I32),
          Map.entry("torch.int16", DType.I16),
          Map.entry("torch.int8", DType.I8),
          Map.entry("torch.uint64", DType.U64),
          Map.entry("torch.uint32", DType.U32),
          Map.entry("torch.uint16", DType.U16),
          Map.entry("torch.uint8", DType.U8),
          Map.entry("torch.bool", DType.BOOL));

  private static final String ORDERED_DICT = "collections.OrderedDict";
  private static final String TENSOR_V1 = "torch._utils._rebuild_tensor";
  private static final String TENSOR_V2 = "torch._utils._rebuild_tensor_v2";
  private static final String TENSOR_V3 = "torch._utils._rebuild_tensor_v3";
  private static final String PARAMETER = "torch._utils._rebuild_parameter";
  private static final String PARAMETER_WITH_STATE = "torch._utils._rebuild_parameter_with_state";
  private static final String FROM_TYPE = "torch._tensor._rebuild_from_type_v2";

  private static final Set<String> CALLS =
      Set.of(
          ORDERED_DICT,
          TENSOR_V1,
          TENSOR_V2,
          TENSOR_V3,
          PARAMETER,
          PARAMETER_WITH_STATE,
          FROM_TYPE);

  /** Subclasses that {@link #FROM_TYPE} may name: tensors with nothing added. */
  private static final Set<String> TENSOR_TYPES =
      Set.of("torch.Tensor", "torch.nn.parameter.Parameter", "torch.nn.parameter.Buffer");

  /** Calling these makes a value that says nothing about tensors. */
  private static final Set<String> INERT =
      Set.of(
          "torch.Size",
          "torch.device",
          "numpy.dtype",
          "numpy.core.multiarray.scalar",
          "numpy._core.multiarray.scalar",
          "_codecs.encode",
          "builtins.set",
          "builtins.frozenset",
          "builtins.bytearray",
          "builtins.complex",
          "__builtin__.set",
          "__builtin__.frozenset",
          "__builtin__.bytearray",
          "__builtin__.complex");

  private TorchObjects() {}

  static Global global(String module, String name) throws Refusal {
    String full = module + "." + name;
    if (!CALLS.contains(full)
        && !INERT.contains(full)
        && !STORAGES.containsKey(full)
        && !DTYPES.containsKey(full)
        && !TENSOR_TYPES.contains(full)) {
      throw new Refusal(
          "the global " + WeightFile.quote(full),
          "only tensors and plain data; nothing of the file was executed; " + Advice.RESAVE);
    }
    return new Global(full);
  }

  /** The value of a persistent id: {@code ("storage", type, key, location, length)}. */
  static Storage storage(Object id) throws Refusal {
    if (id instanceof Tuple tuple
        && tuple.items().size() == 5
        && tuple.items().get(0).equals("storage")
        && tuple.items().get(1) instanceof Global type
        && STORAGES.containsKey(type.name())
        && tuple.items().get(2) instanceof String key
        && tuple.items().get(4) instanceof Long length
        && length >= 0) {
      return new Storage(key, STORAGES.getOrDefault(type.name(), DType.U8), length);
    }
    throw new Refusal(
        "another persistent id", "(\"storage\", torch.*Storage, key, device, length)");
  }

  static Object call(Object callable, Object arguments) throws Refusal {
    if (!(callable instanceof Global global) || !(arguments instanceof Tuple tuple)) {
      throw new Refusal(
          "a call of %s with %s".formatted(Pickled.kind(callable), Pickled.kind(arguments)),
          "a global and a tuple");
    }
    List<Object> args = tuple.items();
    if (INERT.contains(global.name())) {
      return Constant.OPAQUE;
    }
    return switch (global.name()) {
      case ORDERED_DICT -> orderedDict(args);
      case TENSOR_V1, TENSOR_V2, TENSOR_V3 -> tensor(global, args);
      case PARAMETER, PARAMETER_WITH_STATE -> parameter(args);
      case FROM_TYPE -> fromType(args);
      default -> throw new Refusal("a call of " + Pickled.kind(global), "a value");
    };
  }

  private static Dictionary orderedDict(List<Object> args) throws Refusal {
    if (!args.isEmpty()) {
      throw new Refusal("OrderedDict with arguments", "an empty one that is filled afterwards");
    }
    return new Dictionary(new LinkedHashMap<>());
  }

  private static Tensor tensor(Global global, List<Object> args) throws Refusal {
    if (args.size() < 4
        || !(args.get(0) instanceof Storage storage)
        || !(args.get(1) instanceof Long offset)) {
      throw new Refusal("other arguments of " + global.name(), "storage, offset, size, stride");
    }
    DType dtype = storage.dtype();
    if (global.name().equals(TENSOR_V3)) {
      Object type = args.size() < 7 ? Constant.NONE : args.get(6);
      DType found = type instanceof Global named ? DTYPES.get(named.name()) : null;
      if (found == null) {
        throw new Refusal(Pickled.kind(type), "a dtype, one of " + DTYPES.keySet());
      }
      dtype = found;
    }
    return new Tensor(storage, dtype, offset, longs(args.get(2)), longs(args.get(3)));
  }

  private static Tensor parameter(List<Object> args) throws Refusal {
    if (!args.isEmpty() && args.get(0) instanceof Tensor tensor) {
      return tensor;
    }
    throw new Refusal("a parameter without tensor", "a tensor");
  }

  private static Object fromType(List<Object> args) throws Refusal {
    if (args.size() >= 3
        && args.get(1) instanceof Global type
        && TENSOR_TYPES.contains(type.name())
        && !args.get(0).equals(new Global(FROM_TYPE))
        && call(args.get(0), args.get(2)) instanceof Tensor tensor) {
      return tensor;
    }
    throw new Refusal("a subclass of tensor", "one of " + TENSOR_TYPES);
  }

  private static List<Long> longs(Object value) throws Refusal {
    if (!(value instanceof Tuple tuple)) {
      throw new Refusal(Pickled.kind(value), "a tuple of integers");
    }
    if (tuple.items().size() > TensorInfo.MAX_RANK) {
      throw new Refusal(
          "a tensor of " + tuple.items().size() + " axes", "at most " + TensorInfo.MAX_RANK);
    }
    for (Object item : tuple.items()) {
      if (!(item instanceof Long)) {
        throw new Refusal(Pickled.kind(item), "an integer");
      }
    }
    // Not a copy: a pickle can give one tuple to hundreds of thousands of tensors.
    @SuppressWarnings("unchecked")
    List<Long> longs = (List<Long>) (List<?>) tuple.items();
    return longs;
  }
}
