"""The PyTorch side of train.sh: milliseconds of forward, backward and AdamW of the encoder, mean-square loss."""

import argparse
import resource
import statistics
import sys
import time

import torch

sys.path.insert(0, "csmoe-impl/src/test/python")
from csmoe_reference import Encoder  # noqa: E402

PRESETS = {
    "CSMOE_P16": {
        "image": 224, "patch": 16, "width": 768, "heads": 12, "sensor_layers": 4, "shared_layers": 2, "experts": 8,
    },
    "CSMOE_TINY": {
        "image": 32, "patch": 8, "width": 32, "heads": 4, "sensor_layers": 1, "shared_layers": 1, "experts": 4,
    },
}

parser = argparse.ArgumentParser()
parser.add_argument("preset", choices=PRESETS)
parser.add_argument("batch", type=int)
parser.add_argument("--runs", type=int, default=7)
parser.add_argument("--fused", action="store_true", help="PyTorch's fused AdamW in place of its default")
arguments = parser.parse_args()

config = PRESETS[arguments.preset] | {
    "feed_forward": "SOFT_MOE", "slots": 0, "norm": "LAYER_NORM", "dispatch": "NORMALISED", "temperature": 1.0,
    "projection": 0, "pool_norm": False,
}
model = Encoder(config).train()
del model.blocks_s1  # only the Sentinel-2 path, as the Java side
image = torch.randn(arguments.batch, 10, config["image"], config["image"])
last = f"layer{config['sensor_layers'] + config['shared_layers'] - 1}.norm"
optimiser = torch.optim.AdamW(
    model.parameters(), lr=1e-4, betas=(0.9, 0.95), weight_decay=0.05, fused=arguments.fused or None
)
times = []
for run in range(arguments.runs + 3):
    begin = time.perf_counter()
    optimiser.zero_grad(set_to_none=True)
    model(image, "s2")[last].square().mean().backward()
    optimiser.step()
    if run >= 3:
        times.append(1000 * (time.perf_counter() - begin))
print(
    f"torch {torch.__version__} threads {torch.get_num_threads()} {arguments.preset} batch {arguments.batch}"
    f"{' fused AdamW' if arguments.fused else ''}: "
    f"median {statistics.median(times):.1f} ms, min {min(times):.1f}, max {max(times):.1f}, "
    f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1048576:.2f} GiB"
)
