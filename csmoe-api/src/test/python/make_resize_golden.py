"""Writes resize.csv: a part of a small image resized by PyTorch, bilinear and nearest.

Usage: make_resize_golden.py resize.csv   (torch)

The image has 6 x 5 pixels of value (7 i^2 + 3 i) mod 50; the part is columns 1 to 5 and rows 1 to 4.
"""

import sys

import torch
from torch.nn.functional import interpolate

image = torch.tensor([(7 * i * i + 3 * i) % 50 for i in range(30)], dtype=torch.float64).reshape(1, 1, 5, 6)
part = image[:, :, 1:5, 1:6]
with open(sys.argv[1], "w") as out:
    for width, height in [(3, 2), (9, 7), (5, 4), (1, 1)]:
        smooth = interpolate(part, size=(height, width), mode="bilinear", align_corners=False)
        near = interpolate(part, size=(height, width), mode="nearest-exact")
        for i, (a, b) in enumerate(zip(smooth.flatten().tolist(), near.flatten().tolist())):
            out.write(f"{width},{height},{i},{a!r},{int(b)}\n")
