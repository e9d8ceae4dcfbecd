"""What a golden file tells of one tensor; used by the scripts beside it."""

import numpy
import torch

NAMES = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
    torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8",
    torch.uint64: "U64", torch.uint32: "U32", torch.uint16: "U16", torch.uint8: "U8",
    torch.bool: "BOOL",
}


def describe(tensor):
    values = tensor.detach().contiguous().numpy(force=True) if tensor.dtype != torch.bfloat16 \
        else tensor.detach().float().contiguous().numpy()
    values = values.astype(numpy.float32).reshape(-1)
    entry = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape)}
    if numpy.isfinite(values).all():
        wide = values.astype(numpy.float64)
        entry["sum"] = float(wide.sum())
        entry["weighted"] = float((wide * (numpy.arange(wide.size) % 97 + 1)).sum())
    else:
        entry["bits"] = [int(b) for b in values.view(numpy.uint32)]
    return entry
