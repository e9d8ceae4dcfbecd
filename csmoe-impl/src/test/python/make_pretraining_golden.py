"""Writes the golden files of the Java pretraining tests (needs torch, safetensors): losses and gradients in float64."""

import json
import math
import pathlib

import torch
from safetensors.torch import save_file

from make_golden import BASE
from pretraining_reference import BANDS, SENSORS, Pretraining

TRAINING = {
    "experts": 3, "width": 8, "heads": 2, "decoder_width": 8, "decoder_layers": 1, "decoder_heads": 2, "sharing": "TARGET",
    "ratio": 0.5, "sorted": False, "loss": "SQUARED_ERROR", "norm_pix": False, "mutual": "NT_XENT", "temperature_mi": 0.5,
    "contrasted": "CLS", "repulsion": "SLOT_EMBEDDINGS", "lambda": 0.7, "gamma": 0.3, "paper_signs": False, "batch": 3,
    "patch": 6,
}
CASES = {
    "moe": {},
    "paper": {
        "mutual": "OTHER_SENSOR", "paper_signs": True, "repulsion": "SLOTS", "sorted": True, "temperature_mi": 0.2,
        "ratio": 0.75, "norm": "RMS_NORM",
    },
    "fixed": {"slots": 2, "projection": 4, "contrasted": "CLS_PROJECTED", "sensor_layers": 0, "norm_pix": True},
    "csmae_common": {
        "feed_forward": "DENSE", "sharing": "COMMON", "loss": "ABSOLUTE_ERROR", "pool_norm": True,
        "contrasted": "MEAN_PATCHES", "decoder_layers": 2,
    },
    "csmae_specific": {"feed_forward": "DENSE", "sharing": "SPECIFIC", "batch": 2},
}


def randomise(model, seed):
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        if name.endswith("pos_embed"):
            continue
        noise = torch.randn(parameter.shape, generator=generator)
        if parameter.dim() <= 1:
            norm = "norm" in name.split(".")[-2] or name.endswith(("slot_embeds.2.weight", "gamma"))
            parameter.data = (1.0 if norm and not name.endswith("bias") else 0.0) + 0.2 * noise
        else:
            parameter.data = noise / math.sqrt(parameter[0].numel())
    return model


def check(model, images, shuffles, seed):
    """Every loss's gradients of every parameter against central differences along random directions."""
    generator = torch.Generator().manual_seed(seed)
    parameters = {k: p for k, p in model.named_parameters() if p.requires_grad}
    for name in model(images, shuffles):
        for p in parameters.values():
            p.grad = None
        model(images, shuffles)[name].backward()
        slopes = {k: torch.zeros_like(p) if p.grad is None else p.grad.clone() for k, p in parameters.items()}
        largest = max(float(s.norm()) for s in slopes.values())
        for key, p in parameters.items():
            direction = torch.randn(p.shape, generator=generator).double()
            direction /= direction.norm()
            values = []
            with torch.no_grad():
                for h in (1e-5, -1e-5):
                    p += h * direction
                    values.append(float(model(images, shuffles)[name]))
                    p -= h * direction
            found = (values[0] - values[1]) / 2e-5
            expected = float((slopes[key] * direction).sum())
            # absolute differences have kinks, which a step may cross
            assert abs(found - expected) <= 1e-5 * largest, (name, key, found, expected)
    for p in parameters.values():
        p.grad = None


if __name__ == "__main__":
    target = pathlib.Path(__file__).parent.parent / "resources" / "pretraining"
    target.mkdir(parents=True, exist_ok=True)
    for number, (name, changes) in enumerate(CASES.items()):
        config = {**BASE, **TRAINING, **changes}
        model = randomise(Pretraining(config), number).double()
        generator = torch.Generator().manual_seed(2000 + number)
        tensors = {k.removeprefix("encoder."): v.detach().float() for k, v in model.state_dict().items()}
        patches = (config["image"] // config["patch"]) ** 2
        images, shuffles = {}, {}
        for s in SENSORS:
            shape = (config["batch"], BANDS[s], config["image"], config["image"])
            images[s] = torch.randn(shape, generator=generator).double()
            shuffles[s] = torch.rand(config["batch"], patches, generator=generator).argsort(1)
            tensors[f"golden.{s}.image"] = images[s].float()
            tensors[f"golden.{s}.shuffle"] = shuffles[s].float()
        check(model, images, shuffles, number)
        losses = model(images, shuffles)
        for key, value in losses.items():
            tensors[f"golden.loss.{key}"] = value.detach().float().reshape(1)
        losses["total"].backward()
        for key, parameter in model.named_parameters():
            if parameter.grad is not None:
                tensors["golden.gradient." + key.removeprefix("encoder.")] = parameter.grad.float()
        tensors = {k: v.contiguous() for k, v in tensors.items()}
        save_file(tensors, target / f"{name}.safetensors", {"config": json.dumps(config)})
        print(name, {k: round(float(v.detach()), 4) for k, v in losses.items()})
