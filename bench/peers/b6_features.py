"""Features of one image for each line on stdin, by torchvision.

b6_features.py CHECKPOINT SIZE plain|tuned; tuned: batch norm folded into the convolutions, channels_last.
"""

import sys

import torch
import torchvision
from peer import serve
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


@torch.inference_mode()
def step():
    x = ((image.permute(0, 3, 1, 2).float() / 255 - mean) / std).contiguous(memory_format=layout)
    maps = []
    for stage, part in enumerate(model.features[:7]):
        x = part(x)
        if stage > 0:
            maps.append(x.half().contiguous())
    return maps


serve(step)
