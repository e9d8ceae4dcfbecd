"""PyTorch reference of the CSMoE encoder, written from the paper's equations.

It shares no code with the Java implementation. Tensor names are the canonical ones of docs/weights.md.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F


def sincos(grid, width):
    """Fixed positions [1, grid*grid+1, width]; CLS row zero; sin/cos of the column first, then of the row."""
    omega = 1.0 / 10000 ** (torch.arange(width // 4, dtype=torch.float64) / (width // 4))
    rows, columns = torch.meshgrid(torch.arange(grid), torch.arange(grid), indexing="ij")
    parts = []
    for coordinate in (columns, rows):
        angle = coordinate.reshape(-1, 1).double() * omega
        parts += [angle.sin(), angle.cos()]
    patches = torch.cat(parts, dim=1)
    return torch.cat([torch.zeros(1, width, dtype=torch.float64), patches])[None].float()


class RmsNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return F.normalize(x, dim=-1) * math.sqrt(x.shape[-1]) * self.gamma


def routing_norm(config):
    width = config["width"]
    return nn.LayerNorm(width, eps=1e-6) if config["norm"] == "LAYER_NORM" else RmsNorm(width)


class Attention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.heads = config["heads"]
        width = config["width"]
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(x).view(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v)
        return self.proj(y.transpose(1, 2).reshape(b, n, d))


class Dense(nn.Module):
    def __init__(self, config):
        super().__init__()
        width = config["width"]
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class SoftMoe(nn.Module):
    """Dynamic-slot or fixed-slot Soft MoE; keeps the last dispatch and combine [batch, tokens, experts, slots]."""

    def __init__(self, config):
        super().__init__()
        width, experts = config["width"], config["experts"]
        self.config = config
        self.experts_count = experts
        self.norm = routing_norm(config)
        if config["slots"] == 0:
            self.to_slot_embeds = nn.Sequential(
                nn.Linear(width, experts * width, bias=False), nn.Identity(), routing_norm(config)
            )
        else:
            self.slot_embeds = nn.Parameter(torch.randn(experts, config["slots"], width))
            self.slot_norm = routing_norm(config)
        self.experts = nn.ModuleList(
            nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Identity(), nn.Linear(4 * width, width))
            for _ in range(experts)
        )

    def forward(self, x):
        b, n, d = x.shape
        e = self.experts_count
        z = self.norm(x)
        if self.config["slots"] == 0:
            s = math.ceil(n / e)
            means = torch.stack([z[:, i * e : (i + 1) * e].mean(1) for i in range(s)], 1)
            embeds = self.to_slot_embeds[0](means).view(b, s, e, d).transpose(1, 2)  # [b, e, s, d]
            embeds = self.to_slot_embeds[2](embeds)
        else:
            s = self.config["slots"]
            embeds = self.slot_norm(self.slot_embeds).expand(b, e, s, d)
        logits = torch.einsum("bnd,besd->bnes", z, embeds)
        dispatch = (logits / self.config["temperature"]).softmax(1)
        combine = logits.flatten(2).softmax(2).view_as(logits)
        source = z if self.config["dispatch"] == "NORMALISED" else x
        slots = torch.einsum("bnes,bnd->besd", dispatch, source)
        outs = torch.stack([expert(slots[:, i]) for i, expert in enumerate(self.experts)], 1)
        self.routing = dispatch, combine
        self.slots, self.embeds = slots, embeds
        return torch.einsum("bnes,besd->bnd", combine, outs)


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        width = config["width"]
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = Attention(config)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = SoftMoe(config) if config["feed_forward"] == "SOFT_MOE" else Dense(config)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class PatchEmbed(nn.Module):
    def __init__(self, bands, config):
        super().__init__()
        self.proj = nn.Conv2d(bands, config["width"], config["patch"], config["patch"])

    def forward(self, x):
        return self.proj(x).flatten(2).transpose(1, 2)


class Encoder(nn.Module):
    """config: image, patch, width, heads, sensor_layers, shared_layers, feed_forward, experts, slots (0 = dynamic),
    norm, dispatch, temperature, projection, pool_norm."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        width = config["width"]
        self.patch_embed = PatchEmbed(2, config)
        self.patch_embed_s2 = PatchEmbed(10, config)
        self.cls_token = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.cls_token_s2 = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        grid = config["image"] // config["patch"]
        self.pos_embed = nn.Parameter(sincos(grid, width), requires_grad=False)
        for sensor in ("s1", "s2"):
            blocks = nn.ModuleList(Block(config) for _ in range(config["sensor_layers"]))
            if config["sensor_layers"]:
                setattr(self, "blocks_" + sensor, blocks)
                setattr(self, "norm_" + sensor, nn.LayerNorm(width, eps=1e-6))
        self.blocks = nn.ModuleList(Block(config) for _ in range(config["shared_layers"]))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        if config["pool_norm"]:
            self.fc_norm = nn.LayerNorm(width, eps=1e-6)
        if config["projection"]:
            self.cls_projection = nn.Linear(width, config["projection"])

    def forward(self, image, sensor):
        """All intermediates by name."""
        suffix = "" if sensor == "s1" else "_s2"
        x = getattr(self, "patch_embed" + suffix)(image) + self.pos_embed[:, 1:]
        cls = getattr(self, "cls_token" + suffix) + self.pos_embed[:, :1]
        x = torch.cat([cls.expand(len(x), -1, -1), x], 1)
        out = {}
        index = 0
        encoders = []
        if self.config["sensor_layers"]:
            encoders.append((getattr(self, "blocks_" + sensor), getattr(self, "norm_" + sensor)))
        encoders.append((self.blocks, self.norm))
        for blocks, norm in encoders:
            for block in blocks:
                x = block(x)
                out[f"layer{index}"] = x
                out[f"layer{index}.norm"] = norm(x)
                if isinstance(block.mlp, SoftMoe):
                    out[f"layer{index}.dispatch"], out[f"layer{index}.combine"] = block.mlp.routing
                index += 1
            x = norm(x)
        cls = x[:, 0]
        mean = x[:, 1:].mean(1)
        projected = self.cls_projection(cls) if self.config["projection"] else cls
        out["CLS"] = cls
        out["MEAN_PATCHES"] = self.fc_norm(mean) if self.config["pool_norm"] else mean
        out["MEAN_ALL"] = x.mean(1)
        out["CLS_NORMALISED"] = F.normalize(cls, dim=-1)
        out["CLS_PROJECTED"] = F.normalize(projected, dim=-1)
        return out


def round_products(model):
    """Rounds weights of linear maps and convolutions to bfloat16, and what they are applied to; sums are float32."""
    for module in model.modules():
        if isinstance(module, (nn.Linear, nn.Conv2d)):
            module.weight.data = module.weight.data.bfloat16().float()
            module.register_forward_pre_hook(lambda _, arguments: tuple(x.bfloat16().float() for x in arguments))
    return model


def randomise(model, seed):
    """Weights that exercise every term: norms and biases away from one and zero."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        if name == "pos_embed":
            continue
        noise = torch.randn(parameter.shape, generator=generator)
        if parameter.dim() <= 1:
            centre = 1.0 if name.endswith(("norm.weight", "norm1.weight", "norm2.weight", "2.weight", "gamma")) else 0.0
            parameter.data = centre + 0.2 * noise
        else:
            fan_in = parameter[0].numel() if parameter.dim() > 1 else 1
            parameter.data = noise / math.sqrt(fan_in)
    return model
