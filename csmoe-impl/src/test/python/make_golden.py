"""Writes the golden files of the Java parity tests (needs torch, safetensors).

python3 make_golden.py             the small ones, committed
python3 make_golden.py --full DIR  the full-size p16 model, 1.8 GB, for a check by hand
"""

import copy
import json
import pathlib
import sys

import torch
from safetensors.torch import save_file

from csmoe_reference import Encoder, randomise, round_products

BASE = {
    "image": 24, "patch": 8, "width": 16, "heads": 4, "sensor_layers": 1, "shared_layers": 1,
    "feed_forward": "SOFT_MOE", "experts": 4, "slots": 0, "norm": "LAYER_NORM", "dispatch": "NORMALISED",
    "temperature": 1.0, "projection": 0, "pool_norm": False,
}
CASES = {
    # 10 tokens, 4 experts: last segment of 2
    "moe": {},
    # 17 tokens, 3 experts, width 12, 2 + 2 layers
    "moe_deep": {"patch": 6, "width": 12, "heads": 3, "experts": 3, "sensor_layers": 2, "shared_layers": 2},
    # 10 tokens, 5 experts: no short segment
    "moe_even": {"experts": 5, "width": 8, "heads": 2},
    # more experts than tokens: 5 tokens, 6 experts, one short segment
    "moe_wide": {"patch": 12, "experts": 6, "width": 8, "heads": 2},
    "moe_rms": {"norm": "RMS_NORM", "experts": 3},
    "moe_raw": {"dispatch": "RAW", "temperature": 0.5},
    "moe_fixed": {"slots": 2, "experts": 3, "width": 8, "heads": 2},
    "moe_fixed_rms": {"slots": 1, "experts": 3, "width": 8, "heads": 2, "norm": "RMS_NORM"},
    "moe_shared_only": {"sensor_layers": 0, "shared_layers": 2, "projection": 8},
    "csmae": {"feed_forward": "DENSE", "width": 12, "heads": 3, "sensor_layers": 2, "pool_norm": True},
}

# the same with products in bfloat16
ROUNDED = ("moe", "moe_shared_only", "csmae")

FULL = {
    "p16": {"image": 224, "patch": 16, "width": 768, "heads": 12, "sensor_layers": 4, "shared_layers": 2, "experts": 8},
}


def write(target, cases, rounded=False):
    target.mkdir(parents=True, exist_ok=True)
    for number, (name, changes) in enumerate(cases.items()):
        config = {**BASE, **changes}
        model = randomise(Encoder(config).eval(), number)
        generator = torch.Generator().manual_seed(1000 + number)
        tensors = {key: value.detach().contiguous() for key, value in model.state_dict().items()}
        if rounded:
            model = round_products(copy.deepcopy(model))
        for sensor, bands in (("s1", 2), ("s2", 10)):
            image = torch.randn(2, bands, config["image"], config["image"], generator=generator)
            tensors[f"golden.{sensor}.image"] = image
            with torch.inference_mode():
                for key, value in model(image, sensor).items():
                    tensors[f"golden.{sensor}.{key}"] = value.contiguous()
        save_file(tensors, target / f"{name}.safetensors", {"config": json.dumps(config)})


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--full":
        write(pathlib.Path(sys.argv[2]), FULL)
    else:
        resources = pathlib.Path(__file__).parent.parent / "resources"
        write(resources / "golden", CASES)
        write(resources / "golden-bf16", {name: CASES[name] for name in ROUNDED}, rounded=True)
