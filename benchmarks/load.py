"""The PyTorch side of load.sh: milliseconds from a safetensors file of the p16 model to the embedding of one image, in a
process that has imported its libraries.

python3 load.py --write FILE   writes the file, random weights, Sentinel-2 path
python3 load.py FILE           reads it and embeds
"""

import argparse
import resource
import sys
import time

import torch
from safetensors.torch import load_file, save_file

sys.path.insert(0, "csmoe-impl/src/test/python")
from csmoe_reference import Encoder  # noqa: E402

CONFIG = {
    "image": 224, "patch": 16, "width": 768, "heads": 12, "sensor_layers": 4, "shared_layers": 2,
    "feed_forward": "SOFT_MOE", "experts": 8, "slots": 0, "norm": "LAYER_NORM", "dispatch": "NORMALISED",
    "temperature": 1.0, "projection": 0, "pool_norm": False,
}

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("--write", action="store_true")
arguments = parser.parse_args()

if arguments.write:
    model = Encoder(CONFIG)
    del model.blocks_s1
    save_file({name: tensor.contiguous() for name, tensor in model.state_dict().items()}, arguments.file)
    raise SystemExit
begin = time.perf_counter()
with torch.device("meta"):
    model = Encoder(CONFIG).eval()
del model.blocks_s1
tensors = load_file(arguments.file)
model.load_state_dict(tensors, strict=False, assign=True)
for name, parameter in [*model.named_parameters(), *model.named_buffers()]:
    if parameter.is_meta:  # of the other sensor
        module, _, leaf = name.rpartition(".")
        setattr(model.get_submodule(module), leaf, torch.nn.Parameter(torch.zeros(parameter.shape)))
with torch.inference_mode():
    model(torch.zeros(1, 10, 224, 224), "s2")["CLS"]
print(
    f"torch {torch.__version__} load and embed {1000 * (time.perf_counter() - begin):.0f} ms, "
    f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1048576:.2f} GiB"
)
