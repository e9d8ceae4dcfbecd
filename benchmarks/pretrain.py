"""The PyTorch side of pretrain.sh: milliseconds of a pretraining step on images in memory, fused AdamW."""

import argparse
import resource
import statistics
import sys
import time

import torch

sys.path.insert(0, "csmoe-impl/src/test/python")
from pretraining_reference import BANDS, SENSORS, Pretraining  # noqa: E402

PRESETS = {
    "CSMOE_P16": {
        "image": 224, "patch": 16, "width": 768, "heads": 12, "sensor_layers": 4, "shared_layers": 2, "experts": 8,
    },
    "CSMOE_MINI": {
        "image": 64, "patch": 8, "width": 128, "heads": 4, "sensor_layers": 2, "shared_layers": 2, "experts": 4,
    },
}

parser = argparse.ArgumentParser()
parser.add_argument("preset", choices=PRESETS)
parser.add_argument("batch", type=int)
parser.add_argument("decoder_width", type=int)
parser.add_argument("decoder_layers", type=int)
parser.add_argument("decoder_heads", type=int)
parser.add_argument("--runs", type=int, default=7)
arguments = parser.parse_args()

config = PRESETS[arguments.preset] | {
    "feed_forward": "SOFT_MOE", "slots": 0, "norm": "LAYER_NORM", "dispatch": "NORMALISED", "temperature": 1.0,
    "projection": 0, "pool_norm": False, "sharing": "TARGET", "ratio": 0.5, "sorted": True, "loss": "SQUARED_ERROR",
    "norm_pix": False, "mutual": "NT_XENT", "temperature_mi": 0.5, "contrasted": "CLS", "repulsion": "SLOT_EMBEDDINGS",
    "lambda": 0.01, "gamma": 0.0, "paper_signs": False, "decoder_width": arguments.decoder_width,
    "decoder_layers": arguments.decoder_layers, "decoder_heads": arguments.decoder_heads,
}
model = Pretraining(config).train()
images = {s: torch.randn(arguments.batch, BANDS[s], config["image"], config["image"]) for s in SENSORS}
patches = (config["image"] // config["patch"]) ** 2
shuffles = {s: torch.rand(arguments.batch, patches).argsort(1) for s in SENSORS}
optimiser = torch.optim.AdamW(model.parameters(), lr=1e-4, betas=(0.9, 0.95), weight_decay=0.05, fused=True)
times = []
for run in range(arguments.runs + 3):
    begin = time.perf_counter()
    optimiser.zero_grad(set_to_none=True)
    model(images, shuffles)["total"].backward()
    optimiser.step()
    if run >= 3:
        times.append(1000 * (time.perf_counter() - begin))
print(
    f"torch {torch.__version__} threads {torch.get_num_threads()} {arguments.preset} batch {arguments.batch}: "
    f"median {statistics.median(times):.1f} ms, min {min(times):.1f}, max {max(times):.1f}, "
    f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1048576:.2f} GiB"
)
