"""Writes the golden file of the Java segmentation tests (needs torch, safetensors): UPerNet on the small reference encoder,
scores, losses, gradients and running statistics in float64, saved as float32."""

import json
import math
import pathlib

import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from csmoe_reference import Encoder
from make_golden import BASE
from upernet_reference import UperNet

CONFIG = {**BASE, "experts": 2, "width": 8, "heads": 2, "patch": 4, "image": 28, "sensor_layers": 2, "shared_layers": 2}
CHANNELS, CLASSES, BATCH, IGNORED = 6, 3, 3, -1
LAYERS = (1, 2, 3, 3)
SENSOR = "s1"
CLASS_WEIGHTS = torch.tensor([1.0, 2.0, 0.5]).double()


def layouts(name, value):
    """Convolutions in the layout of the Java project: channels last."""
    if value.dim() != 4:
        return value
    if name.startswith("pyramid"):  # [in, out, 2, 2] of transposed ones
        return value.permute(2, 3, 1, 0).reshape(4, value.shape[1], value.shape[0])
    if value.shape[2] == 1:
        return value[:, :, 0, 0]
    return value.permute(2, 3, 1, 0)


def randomise(model, generator):
    for name, parameter in model.named_parameters():
        if name == "pos_embed":
            continue
        noise = torch.randn(parameter.shape, generator=generator)
        if parameter.dim() <= 1:
            norm = "norm" in name or name.endswith(("gamma", "slot_embeds.2.weight", "pyramid.0.1.weight"))
            parameter.data = (1.0 if norm and name.endswith(("weight", "gamma")) else 0.0) + 0.2 * noise
        else:
            parameter.data = noise / math.sqrt(parameter[0].numel())
    return model.double()


def grids(encoder, image):
    found = encoder(image, SENSOR)
    side = CONFIG["image"] // CONFIG["patch"]
    return [found[f"layer{i}.norm"][:, 1:].transpose(1, 2).reshape(BATCH, -1, side, side) for i in LAYERS]


def main():
    generator = torch.Generator().manual_seed(3)
    encoder = randomise(Encoder(CONFIG), generator)
    head = randomise(UperNet(CONFIG["width"], CHANNELS, CLASSES), generator)
    size = CONFIG["image"]
    image = torch.randn(BATCH, 2, size, size, generator=generator)
    mask = torch.randint(IGNORED, CLASSES, (BATCH, size, size), generator=generator)
    ours = {k: v for k, v in encoder.state_dict().items() if "_s2" not in k}
    tensors = {k: v.clone() for k, v in ours.items()}
    tensors.update({"head." + k: layouts(k, v).clone() for k, v in head.named_parameters()})
    tensors["golden.image"], tensors["golden.mask"] = image, mask
    encoder.train(), head.train()
    for _ in range(2):  # the same batch twice: the second moves the running statistics once more
        encoder.zero_grad(), head.zero_grad()
        scores = head(grids(encoder, image.double()), size)
        loss = F.cross_entropy(scores, mask, CLASS_WEIGHTS, ignore_index=IGNORED)
        loss.backward()
    tensors["golden.training"], tensors["golden.loss"] = scores.permute(0, 2, 3, 1), loss.reshape(1)
    for prefix, model in (("", encoder), ("head.", head)):
        for k, p in model.named_parameters():
            if p.grad is not None:
                tensors["golden.gradient." + prefix + k] = layouts(k, p.grad) if prefix else p.grad
    for k, b in head.named_buffers():
        if "running" in k:
            tensors["golden.running.head." + k] = b
    head.eval()
    with torch.no_grad():
        scores = head(grids(encoder, image.double()), size)
    tensors["golden.evaluation"] = scores.permute(0, 2, 3, 1)
    target = pathlib.Path(__file__).parent.parent / "resources" / "upernet.safetensors"
    config = {**CONFIG, "channels": CHANNELS, "classes": CLASSES, "batch": BATCH, "class_weights": CLASS_WEIGHTS.tolist()}
    save_file({k: v.detach().float().contiguous() for k, v in tensors.items()}, target, {"config": json.dumps(config)})


if __name__ == "__main__":
    main()
    print("parameters for width 768:", sum(p.numel() for p in UperNet(768, 256, 0).parameters()))
