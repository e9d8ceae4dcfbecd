"""Makes the golden checkpoint files of the weights tests and what they must be read as.

Usage: python weights_golden.py <folder>   (src/test/resources/weights)
Needs: torch, safetensors, numpy. The files are committed; run this only to change them.

expected.json: file -> tensor -> dtype, shape, and over the float32 values v in row-major order
sum = sum(v[i]) and weighted = sum(v[i] * (i % 97 + 1)), both in float64. Special values have no
sums; their float32 bits are listed instead.
"""

import argparse
import collections
import io
import json
import os
import pathlib
import struct
import sys
import zipfile

import numpy
import safetensors.torch
import torch

from tensors import NAMES, describe

folder = pathlib.Path(sys.argv[1])
expected = {}
generator = torch.Generator().manual_seed(7)


def random(*shape):
    return torch.randn(*shape, generator=generator)


def expect(name, tensors):
    expected[name] = {key: describe(value) for key, value in tensors.items()}


def save(name, value, tensors, **options):
    torch.save(value, folder / name, **options)
    expect(name, tensors)


def all_dtypes():
    tensors = {}
    for dtype, name in NAMES.items():
        if dtype == torch.bool:
            tensors[name] = torch.tensor([True, False, True])
        elif dtype.is_floating_point:
            tensors[name] = random(3, 5).to(dtype)
        else:
            info = torch.iinfo(dtype)
            tensors[name] = torch.tensor([info.min, 0, 1, 77, info.max], dtype=dtype)
    half = numpy.array(
        [0x0000, 0x8000, 0x0001, 0x83FF, 0x0400, 0x3C00, 0x7BFF, 0x7C00, 0xFC00, 0x7E00],
        dtype=numpy.uint16)
    tensors["half_special"] = torch.from_numpy(half.view(numpy.float16).copy())
    return tensors


def rewrite(source, target, change, method=zipfile.ZIP_STORED):
    with zipfile.ZipFile(folder / source) as old, zipfile.ZipFile(folder / target, "w") as new:
        for item in old.infolist():
            name, data = change(item.filename, old.read(item.filename))
            if data is not None:
                info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
                new.writestr(info, data, compress_type=method)


def zip64(source, target):
    """Writes every size and offset into zip64 fields, which libraries do only beyond 4 GiB."""
    out, central, count = io.BytesIO(), io.BytesIO(), 0
    with zipfile.ZipFile(folder / source) as old:
        for item in old.infolist():
            name, data, at = item.filename.encode(), old.read(item.filename), out.tell()
            extra = struct.pack("<HHQQQ", 1, 24, len(data), len(data), at)
            common = struct.pack(
                "<HHHHHIIIHH", 45, 0, 0, 0, 33, item.CRC, 0xFFFFFFFF, 0xFFFFFFFF, len(name), 20)
            out.write(b"PK\3\4" + common + name + struct.pack("<HHQQ", 1, 16, len(data), len(data)))
            out.write(data)
            common = common[:-2] + struct.pack("<H", 4 + 3 + len(extra))
            central.write(b"PK\1\2" + struct.pack("<H", 45) + common)
            central.write(struct.pack("<HHHII", 0, 0, 0, 0, 0xFFFFFFFF) + name)
            central.write(struct.pack("<HH3s", 0x7777, 3, b"abc") + extra)
            count += 1
    start = out.tell()
    out.write(central.getvalue())
    end = out.tell()
    out.write(b"PK\6\6" + struct.pack(
        "<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, end - start, start))
    out.write(b"PK\6\7" + struct.pack("<IQI", 0, end, 1))
    out.write(b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0))
    (folder / target).write_bytes(out.getvalue())


class Malicious:
    def __reduce__(self):
        return os.system, ("touch weights-golden-was-executed",)


def main():
    folder.mkdir(parents=True, exist_ok=True)

    dtypes = all_dtypes()
    save("dtypes.pt", dtypes, dtypes)
    safetensors.torch.save_file(dtypes, folder / "dtypes.safetensors", {"format": "pt"})
    expect("dtypes.safetensors", dtypes)

    base = random(6, 8)
    strided = {
        "base": base,
        "transposed": base.t(),
        "columns": base[:, 2:5],
        "every_second": base[::2, 1::3],
        "rows": base[2:4],
        "expanded": random(1, 4).expand(3, 4),
        "permuted": random(2, 3, 4).half().permute(2, 0, 1),
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(0, 3),
        "last": base.view(-1)[47],
    }
    save("strided.pt", strided, strided)

    state = collections.OrderedDict(
        ("model.backbone." + key, random(*shape))
        for key, shape in [("cls_token", (1, 1, 8)), ("blocks.0.norm1.weight", (8,)),
                           ("blocks.0.attn.qkv.weight", (24, 8)), ("head.bias", (3,))])
    checkpoint = {
        "epoch": 3, "global_step": 12345678901234567890, "pytorch-lightning_version": "1.7.7",
        "state_dict": state, "loops": {"fit": {1: [True, None, 0.5, (1, 2, 3, 4)]}},
        "optimizer_states": [{"state": {0: {"exp_avg": random(4)}}}],
        "score": numpy.float64(0.25), "device": torch.device("cpu"), "size": torch.Size([1, 2]),
        "dtype": torch.float16, "seen": {1, 2}, "frozen": frozenset([1]), "raw": b"abc",
    }
    save("training.ckpt", checkpoint, state)
    save("training_protocol5.ckpt", checkpoint, state, pickle_protocol=5)

    parameter = torch.nn.Parameter(random(4, 3))
    nested = {"encoder": {"weight": parameter, "again": parameter}, "decoder": {"0": {"b": random(2)}},
              "frozen": torch.nn.Parameter(random(2).bfloat16(), requires_grad=False), "note": "x"}
    save("nested.pt", nested, {
        "encoder.weight": parameter, "encoder.again": parameter,
        "decoder.0.b": nested["decoder"]["0"]["b"], "frozen": nested["frozen"]})

    pair = {"a": random(3, 2), "b": random(2, 3).t()}
    save("little_endian.pt", pair, pair)

    def swap(name, data):
        if name.endswith("/byteorder"):
            return name, b"big"
        if "/data/" in name:
            return name, numpy.frombuffer(data, "<f4").astype(">f4").tobytes()
        return name, data

    rewrite("little_endian.pt", "big_endian.pt", swap)
    expect("big_endian.pt", pair)
    rewrite("little_endian.pt", "no_byteorder.pt",
            lambda n, d: (n.replace("little_endian/", ""), None if n.endswith("byteorder") else d))
    expect("no_byteorder.pt", pair)
    zip64("little_endian.pt", "zip64.pt")
    expect("zip64.pt", pair)

    # Refused files.
    rewrite("little_endian.pt", "refused_deflated.pt", lambda n, d: (n, d), zipfile.ZIP_DEFLATED)
    rewrite("little_endian.pt", "refused_torchscript.pt",
            lambda n, d: (n.replace("version", "constants.pkl"), d))
    torch.save({"state_dict": {"a": random(2)}, "x": Malicious()}, folder / "refused_malicious.pt")
    torch.save({"state_dict": state, "hyper_parameters": argparse.Namespace(lr=0.1)},
               folder / "refused_namespace.ckpt")
    torch.save(pair, folder / "refused_legacy.pt", _use_new_zipfile_serialization=False)

    shards = {
        "model-00001-of-00002.safetensors": {"a.weight": random(4, 4), "a.bias": random(4).half()},
        "model-00002-of-00002.safetensors": {"b.weight": random(2, 2, 2).bfloat16()},
    }
    (folder / "sharded").mkdir(exist_ok=True)
    together = {}
    for name, tensors in shards.items():
        safetensors.torch.save_file(tensors, folder / "sharded" / name)
        together.update(tensors)
    index = {"metadata": {"total_size": 88},
             "weight_map": {key: name for name, tensors in shards.items() for key in tensors}}
    (folder / "sharded" / "model.safetensors.index.json").write_text(json.dumps(index, indent=1))
    expect("sharded/model.safetensors.index.json", together)

    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


main()
