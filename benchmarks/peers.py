"""The other models of peers.sh: milliseconds per batch of the TerraMind-base, DOFA-base and Prithvi-EO 2.0 300M
encoders as TerraTorch builds them, random weights, 224 x 224 pixels, PyTorch on the CPU, eager, inference mode.

Requirements (Python 3.11): terratorch==1.2.11 torch==2.15.0
"""

import argparse
import resource
import statistics
import time

import torch
from terratorch import BACKBONE_REGISTRY


def peak_gib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1048576


imports_gib = peak_gib()
s2_bands = [  # the 10 m and 20 m bands, as embed.py; DOFA makes its patch embedding from their wavelengths
    "BLUE", "GREEN", "RED", "RED_EDGE_1", "RED_EDGE_2", "RED_EDGE_3", "NIR_BROAD", "NIR_NARROW", "SWIR_1", "SWIR_2",
]
models = {  # name in the registry, arguments of the builder, bands, tokens, width
    "terramind": ("terramind_v1_base", {"modalities": ["S2L2A"]}, 12, 196, 768),
    "dofa": ("dofa_base_patch16_224", {"model_bands": s2_bands}, len(s2_bands), 197, 768),
    "prithvi": ("prithvi_eo_v2_300", {"num_frames": 1}, 6, 197, 1024),
}
parser = argparse.ArgumentParser()
parser.add_argument("model", choices=models)
parser.add_argument("batch", type=int)
parser.add_argument("--runs", type=int, default=5)
arguments = parser.parse_args()

name, options, bands, tokens, width = models[arguments.model]
model = BACKBONE_REGISTRY.build(name, pretrained=False, **options).eval()
image = torch.randn(arguments.batch, bands, 224, 224)
times = []
with torch.inference_mode():
    for run in range(arguments.runs + 2):
        begin = time.perf_counter()
        output = model(image)[-1]
        if run >= 2:
            times.append(1000 * (time.perf_counter() - begin))
if output.shape != (arguments.batch, tokens, width) or not output.isfinite().all():
    raise SystemExit(f"{name}: {tokens} finite tokens of width {width} expected, output is {tuple(output.shape)}")
frames = ", 1 frame" if arguments.model == "prithvi" else ""
print(
    f"{name} ({bands} bands{frames}, {tokens} tokens of {width}, "
    f"{sum(parameter.numel() for parameter in model.parameters()) / 1e6:.1f} M parameters) "
    f"torch {torch.__version__} threads {torch.get_num_threads()} batch {arguments.batch}: "
    f"median {statistics.median(times):.0f} ms, min {min(times):.0f}, max {max(times):.0f}, "
    f"{1000 * arguments.batch / statistics.median(times):.2f} images/s, "
    f"peak memory {peak_gib():.2f} GiB ({imports_gib:.2f} after the imports)"
)
