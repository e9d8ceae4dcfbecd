"""Says what PyTorch and safetensors read from real checkpoints of other projects.

Usage: python shared_golden.py <folder of checkpoints> <shared.json>
       (../shared/data/weights and src/test/resources/weights/shared.json)
Needs: torch, safetensors, numpy. The checkpoints are not committed, what is said of them is.

shared.json: file -> tensor -> what tensors.py tells of it. Files that we refuse though PyTorch may
read them have a text instead, which our message must contain.
"""

import json
import pathlib
import sys
import zipfile

import safetensors.torch
import torch

from tensors import describe


def flatten(value, prefix=""):
    for key, item in value.items():
        if isinstance(item, torch.Tensor):
            yield prefix + str(key), item
        elif isinstance(item, dict):
            yield from flatten(item, f"{prefix}{key}.")


def read(path):
    if path.suffix == ".safetensors":
        return safetensors.torch.load_file(path)
    if path.stat().st_size < 8:
        return f"{path.stat().st_size} bytes"
    if not zipfile.is_zipfile(path):
        torch.load(path, map_location="cpu", weights_only=True)
        return "before 1.6"
    content = torch.load(path, map_location="cpu", weights_only=True)
    for key in ("state_dict", "model_state_dict", "model"):
        model = content.get(key)
        if isinstance(model, dict) and dict(flatten(model)):
            return dict(flatten(model))
    return dict(flatten(content))


def main(root, target):
    files = sorted(p for p in root.rglob("*") if p.suffix in (".pt", ".pth", ".safetensors"))
    lines = []
    for path in files:
        found = read(path)
        if not isinstance(found, str):
            found = {name: describe(tensor) for name, tensor in found.items()}
            found = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in found.items())
            found = "{\n" + found + "\n }"
        else:
            found = json.dumps(found)
        lines.append(f" {json.dumps(path.relative_to(root).as_posix())}: {found}")
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n")


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
