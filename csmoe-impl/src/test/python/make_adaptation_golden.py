"""Writes adaptation.safetensors: timm's resampling and PyTorch's resize on small tensors (torch, timm, safetensors)."""

import pathlib

import torch
from safetensors.torch import save_file
from timm.layers import resample_abs_pos_embed, resample_patch_embed
from torch.nn import functional as F

generator = torch.Generator().manual_seed(0)
weight = torch.randn(3, 2, 8, 8, generator=generator)
positions = torch.randn(1, 17, 8, generator=generator)
image = torch.randn(1, 2, 12, 12, generator=generator)


def resized(size, mode):
    return F.interpolate(image, (size, size), mode=mode, antialias=True, align_corners=False)


save_file(
    {
        "weight": weight,
        "weight.6": resample_patch_embed(weight, [6, 6]),
        "weight.12": resample_patch_embed(weight, [12, 12]),
        "positions": positions,
        "positions.3": resample_abs_pos_embed(positions, [3, 3]),
        "positions.7": resample_abs_pos_embed(positions, [7, 7]),
        "image": image,
        **{f"image.{mode}.{size}": resized(size, mode) for mode in ("bilinear", "bicubic") for size in (8, 20)},
    },
    pathlib.Path(__file__).parent.parent / "resources" / "adaptation.safetensors",
)
