"""Features of one image per line on stdin by torchvision; answers with milliseconds and peak megabytes.

b6_features.py CHECKPOINT SIZE plain|tuned; tuned: batch norm folded into the convolutions, channels_last.
"""

import resource
import sys
import time

import torch
import torchvision
from torch.nn.utils.fusion import fuse_conv_bn_eval

checkpoint, size, form = sys.argv[1], int(sys.argv[2]), sys.argv[3]
model = torchvision.models.efficientnet_b6().eval()
model.load_state_dict(torch.load(checkpoint, weights_only=True))
layout = torch.contiguous_format
if form == "tuned":
    layout = torch.channels_last
    for module in model.modules():
        if isinstance(module, torchvision.ops.misc.Conv2dNormActivation):
            module[0], module[1] = fuse_conv_bn_eval(module[0], module[1]), torch.nn.Identity()
    model = model.to(memory_format=layout)

image = (torch.arange(size * size * 3) * 7919 % 256).to(torch.uint8).reshape(1, size, size, 3)
mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
std = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)

print("ready", flush=True)
for _ in sys.stdin:
    started = time.perf_counter()
    with torch.inference_mode():
        x = ((image.permute(0, 3, 1, 2).float() / 255 - mean) / std).contiguous(memory_format=layout)
        maps = []
        for stage, part in enumerate(model.features[:7]):
            x = part(x)
            if stage > 0:
                maps.append(x.half().contiguous())
    elapsed = (time.perf_counter() - started) * 1000
    print(elapsed, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)
