"""UPerNet on a pyramid of four token grids, as engineering notes on TerraTorch describe it; written for the Java tests."""

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    """Convolution without bias, batch norm, rectifier."""

    def __init__(self, inputs, outputs, kernel):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x):
        return F.relu(self.norm(self.conv(x)))


class UperNet(nn.Module):
    POOLS = (1, 2, 3, 6)

    def __init__(self, width, channels, classes):
        super().__init__()
        half, quarter = width // 2, width // 4
        self.pyramid = nn.ModuleList([
            nn.Sequential(
                nn.ConvTranspose2d(width, half, 2, 2), nn.BatchNorm2d(half), nn.GELU(), nn.ConvTranspose2d(half, quarter, 2, 2)
            ),
            nn.Sequential(nn.ConvTranspose2d(width, half, 2, 2)),
        ])
        self.ppm = nn.ModuleList([Block(width, channels, 1) for _ in self.POOLS])
        self.bottleneck = Block(width + len(self.POOLS) * channels, channels, 3)
        self.lateral = nn.ModuleList([Block(n, channels, 1) for n in (quarter, half, width)])
        self.fpn = nn.ModuleList([Block(channels, channels, 3) for _ in range(3)])
        self.fpn_bottleneck = Block(4 * channels, channels, 3)
        self.classifier = nn.Conv2d(channels, classes, 1)

    def forward(self, grids, size):
        """Four grids [batch, width, grid, grid] to scores [batch, classes, size, size]."""
        finest, fine, same, coarse = self.pyramid[0](grids[0]), self.pyramid[1](grids[1]), grids[2], F.max_pool2d(grids[3], 2)
        pooled = [coarse]
        for pool, block in zip(self.POOLS, self.ppm):
            pooled.append(self.to(block(F.adaptive_avg_pool2d(coarse, pool)), coarse))
        laterals = [block(x) for block, x in zip(self.lateral, (finest, fine, same))]
        laterals.append(self.bottleneck(torch.cat(pooled, 1)))
        for i in (3, 2, 1):
            laterals[i - 1] = laterals[i - 1] + self.to(laterals[i], laterals[i - 1])
        levels = [block(x) for block, x in zip(self.fpn, laterals)] + [laterals[3]]
        levels = levels[:1] + [self.to(x, levels[0]) for x in levels[1:]]
        scores = self.classifier(self.fpn_bottleneck(torch.cat(levels, 1)))
        return F.interpolate(scores, size=(size, size), mode="bilinear", align_corners=False)

    @staticmethod
    def to(x, other):
        return F.interpolate(x, size=other.shape[2:], mode="bilinear", align_corners=True)
