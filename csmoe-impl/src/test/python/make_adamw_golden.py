"""Writes adamw.safetensors: parameters before and after five steps of PyTorch's AdamW (torch, safetensors)."""

import pathlib

import torch
from safetensors.torch import save_file

generator = torch.Generator().manual_seed(0)
before = torch.randn(2500, generator=generator)
gradients = torch.randn(5, 2500, generator=generator)
tensors = {"before": before, "gradients": gradients}
for name, decay in (("decayed", 0.05), ("kept", 0.0)):
    parameter = torch.nn.Parameter(before.clone())
    optimiser = torch.optim.AdamW([parameter], lr=0.01, betas=(0.9, 0.95), eps=1e-8, weight_decay=decay)
    for gradient in gradients:
        parameter.grad = gradient.clone()
        optimiser.step()
    tensors[name] = parameter.detach()
save_file(tensors, pathlib.Path(__file__).parent.parent / "resources" / "adamw.safetensors")
