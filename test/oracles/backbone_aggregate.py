"""Maps upsampled and pooled by PyTorch: writes backbone-aggregate.json, the reference of models/aggregate.ts."""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

CASES = [  # channels, height, width, size, pool
    (2, 8, 8, 32, 4),
    (2, 16, 16, 32, 3),
    (1, 4, 4, 64, 3),
    (1, 5, 7, 27, 5),
    (1, 32, 32, 64, 16),
    (1, 12, 12, 10, 2),
]
generator = torch.Generator().manual_seed(3)
cases = []
for channels, height, width, size, pool in CASES:
    x = torch.rand((1, channels, height, width), generator=generator, dtype=torch.float64).half().double()
    up = F.interpolate(x, size=(size, size), mode="bilinear", align_corners=False)
    y = F.avg_pool2d(up, pool, stride=pool)
    cases.append(
        {
            "channels": channels,
            "height": height,
            "width": width,
            "size": size,
            "pool": pool,
            "map": x.flatten().tolist(),
            "cells": [float(f"{v:.9g}") for v in y.flatten().tolist()],
        }
    )
Path(__file__).with_name("backbone-aggregate.json").write_text(json.dumps({"torch": torch.__version__, "cases": cases}))
