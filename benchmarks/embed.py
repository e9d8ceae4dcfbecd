"""The PyTorch side of embed.sh: milliseconds per batch of the full-size p16 model, eager, inference mode."""

import argparse
import resource
import statistics
import sys
import time

import torch

sys.path.insert(0, "csmoe-impl/src/test/python")
from csmoe_reference import Encoder  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("batch", type=int)
parser.add_argument("--bf16", action="store_true", help="products in bfloat16 by autocast")
parser.add_argument("--runs", type=int, default=5)
arguments = parser.parse_args()

config = {
    "image": 224, "patch": 16, "width": 768, "heads": 12, "sensor_layers": 4, "shared_layers": 2,
    "feed_forward": "SOFT_MOE", "experts": 8, "slots": 0, "norm": "LAYER_NORM", "dispatch": "NORMALISED",
    "temperature": 1.0, "projection": 0, "pool_norm": False,
}
model = Encoder(config).eval()
del model.blocks_s1  # only the Sentinel-2 path, as the Java side
image = torch.randn(arguments.batch, 10, 224, 224)
times = []
with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=arguments.bf16):
    for run in range(arguments.runs + 2):
        begin = time.perf_counter()
        model(image, "s2")["CLS"]
        if run >= 2:
            times.append(1000 * (time.perf_counter() - begin))
print(
    f"torch {torch.__version__} threads {torch.get_num_threads()} batch {arguments.batch} {'bf16' if arguments.bf16 else 'f32'}: "
    f"median {statistics.median(times):.0f} ms, min {min(times):.0f}, max {max(times):.0f}, "
    f"{1000 * arguments.batch / statistics.median(times):.2f} images/s, "
    f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1048576:.2f} GiB"
)
