"""PyTorch reference of pretraining: masks, decoders and losses, written from the paper's equations.

It gathers visible tokens and puts decoder tokens back into raster order, as published masked autoencoders do; the Java
implementation does neither.
"""

import torch
from torch import nn
from torch.nn import functional as F

from csmoe_reference import Encoder, SoftMoe, sincos

SENSORS = ("s1", "s2")
BANDS = {"s1": 2, "s2": 10}


class DecoderBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attn = nn.Module()
        self.attn.qkv = nn.Linear(width, 3 * width)
        self.attn.proj = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Module()
        self.mlp.fc1 = nn.Linear(width, 4 * width)
        self.mlp.fc2 = nn.Linear(4 * width, width)
        self.heads = heads

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.attn.qkv(self.norm1(x)).view(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        weights = ((q @ k.transpose(-1, -2)) / (d // self.heads) ** 0.5).softmax(-1)
        x = x + self.attn.proj((weights @ v).transpose(1, 2).reshape(b, n, d))
        return x + self.mlp.fc2(F.gelu(self.mlp.fc1(self.norm2(x))))


class Decoder(nn.Module):
    def __init__(self, config, heads):
        """heads: name of each prediction head -> values per patch."""
        super().__init__()
        width = config["decoder_width"]
        grid = config["image"] // config["patch"]
        self.decoder_embed = nn.Linear(config["width"], width)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, width))
        self.register_buffer("positions", sincos(grid, width), persistent=False)
        self.decoder_blocks = nn.ModuleList(
            DecoderBlock(width, config["decoder_heads"]) for _ in range(config["decoder_layers"])
        )
        self.decoder_norm = nn.LayerNorm(width)
        for name, values in heads.items():
            setattr(self, name, nn.Linear(width, values))

    def forward(self, tokens, restore, head):
        x = self.decoder_embed(tokens)
        b, n, d = x.shape
        patches = restore.shape[1]
        hidden = self.mask_token.expand(b, patches - (n - 1), d)
        full = torch.cat([x[:, 1:], hidden], 1)
        full = torch.gather(full, 1, restore[:, :, None].expand(b, patches, d))
        x = torch.cat([x[:, :1], full], 1) + self.positions
        for block in self.decoder_blocks:
            x = block(x)
        return getattr(self, head)(self.decoder_norm(x))[:, 1:]


class Pretraining(nn.Module):
    """config as of Encoder, and decoder_width, decoder_layers, decoder_heads, sharing, ratio, sorted, loss, norm_pix,
    mutual (nt_xent | other_sensor), temperature_mi, contrasted, repulsion, lambda, gamma, paper_signs."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        values = {s: BANDS[s] * config["patch"] ** 2 for s in SENSORS}
        if config["sharing"] == "COMMON":
            self.decoder = Decoder(
                config, {"decoder_pred_s2_to_s1": values["s1"], "decoder_pred_s1_to_s2": values["s2"]}
            )
        elif config["sharing"] == "SPECIFIC":
            self.decoder_s2_to_s1 = Decoder(config, {"decoder_pred": values["s1"]})
            self.decoder_s1_to_s2 = Decoder(config, {"decoder_pred": values["s2"]})
        else:
            for target in SENSORS:
                heads = {"decoder_pred_from_" + source: values[target] for source in SENSORS}
                setattr(self, "decoder_" + target, Decoder(config, heads))

    def decode(self, tokens, restore, source, target):
        sharing = self.config["sharing"]
        if sharing == "COMMON":
            head = "decoder_pred_s2_to_s1" if target == "s1" else "decoder_pred_s1_to_s2"
            return self.decoder(tokens, restore, head)
        if sharing == "SPECIFIC":
            decoder = self.decoder_s2_to_s1 if target == "s1" else self.decoder_s1_to_s2
            return decoder(tokens, restore, "decoder_pred")
        return getattr(self, "decoder_" + target)(tokens, restore, "decoder_pred_from_" + source)

    def encode(self, image, sensor, keep):
        e = self.encoder
        suffix = "" if sensor == "s1" else "_s2"
        x = getattr(e, "patch_embed" + suffix)(image) + e.pos_embed[:, 1:]
        x = torch.gather(x, 1, keep[:, :, None].expand(-1, -1, x.shape[-1]))
        cls = getattr(e, "cls_token" + suffix) + e.pos_embed[:, :1]
        x = torch.cat([cls.expand(len(x), -1, -1), x], 1)
        if self.config["sensor_layers"]:
            x = getattr(e, "norm_" + sensor)(nn.Sequential(*getattr(e, "blocks_" + sensor))(x))
        x = e.norm(nn.Sequential(*e.blocks)(x))
        modules = [*(getattr(e, "blocks_" + sensor) if self.config["sensor_layers"] else []), *e.blocks]
        return x, [(b.mlp.routing, b.mlp.slots, b.mlp.embeds) for b in modules if isinstance(b.mlp, SoftMoe)]

    def patchify(self, image):
        p = self.config["patch"]
        b, c, h, w = image.shape
        x = image.view(b, c, h // p, p, w // p, p).permute(0, 2, 4, 3, 5, 1)
        x = x.reshape(b, (h // p) * (w // p), p * p * c)
        if self.config["norm_pix"]:
            x = (x - x.mean(-1, keepdim=True)) / (x.var(-1, keepdim=True) + 1e-6).sqrt()
        return x

    def forward(self, images, shuffles):
        """images and orders of patches (visible ones first) by sensor -> losses by name."""
        c = self.config
        visible = int(shuffles["s1"].shape[1] * (1 - c["ratio"]))
        tokens, routing, restore, mask = {}, [], {}, {}
        for s in SENSORS:
            keep = shuffles[s][:, :visible]
            order = shuffles[s]
            if c["sorted"]:
                keep = keep.sort(1).values
                order = torch.cat([keep, order[:, visible:]], 1)
            restore[s] = order.argsort(1)
            mask[s] = (restore[s] >= visible).to(images[s].dtype)
            tokens[s], found = self.encode(images[s], s, keep)
            routing += found
        losses = {}
        for name, crossed in (("unimodal", False), ("crossModal", True)):
            loss = 0
            for source in SENSORS:
                target = source if not crossed else SENSORS[1 - SENSORS.index(source)]
                found = self.decode(tokens[source], restore[source], source, target)
                difference = found - self.patchify(images[target])
                cost = difference**2 if c["loss"] == "SQUARED_ERROR" else difference.abs()
                loss = loss + (cost.mean(-1) * mask[source]).sum() / mask[source].sum()
            losses[name] = loss
        losses["mutualInformation"] = self.mutual_information(tokens)
        if routing:
            losses["repulsion"] = self.repulsion(routing)
            losses["entropy"] = self.entropy(routing)
        total = losses["unimodal"] + losses["crossModal"] + losses["mutualInformation"]
        if routing:
            total = total + c["lambda"] * losses["repulsion"] + c["gamma"] * losses["entropy"]
        return {**losses, "total": total}

    def mutual_information(self, tokens):
        c = self.config
        vectors = []
        for s in SENSORS:
            if c["contrasted"] == "MEAN_PATCHES":
                v = tokens[s][:, 1:].mean(1)
                v = self.encoder.fc_norm(v) if c["pool_norm"] else v
            else:
                v = tokens[s][:, 0]
                if c["contrasted"] == "CLS_PROJECTED" and c["projection"]:
                    v = self.encoder.cls_projection(v)
            vectors.append(F.normalize(v, dim=-1))
        x, y = vectors
        b = len(x)
        if c["mutual"] == "NT_XENT":
            rows = torch.cat([x, y])
            logits = rows @ rows.T / c["temperature_mi"]
            logits = logits.masked_fill(torch.eye(2 * b, dtype=torch.bool), float("-inf"))
            return F.cross_entropy(logits, torch.cat([torch.arange(b, 2 * b), torch.arange(b)]))
        terms = []
        for a, o in ((x, y), (y, x)):
            logits = a @ o.T / c["temperature_mi"]
            for i in range(b):
                others = [logits[i, q] for q in range(b) if q != i]
                terms.append(-logits[i, i] + torch.stack(others).logsumexp(0))
        return torch.stack(terms).sum() / (2 * b)

    def repulsion(self, routing):
        terms = []
        for _, slots, embeds in routing:
            s = (embeds if self.config["repulsion"] == "SLOT_EMBEDDINGS" else slots).flatten(1, 2)
            s = F.normalize(s, dim=-1)
            terms.append(((s @ s.transpose(1, 2)) ** 2).mean((1, 2)).mean())
        value = torch.stack(terms).mean()
        return -value if self.config["paper_signs"] else value

    def entropy(self, routing):
        terms = []
        for (dispatch, _), _, _ in routing:
            b, p = dispatch.shape[:2]
            slots = dispatch.flatten(2)
            terms.append((-(slots * (slots + 1e-8).log()).sum((1, 2)) / (slots.shape[2] * p)).mean())
        value = torch.stack(terms).mean()
        return value if self.config["paper_signs"] else -value
