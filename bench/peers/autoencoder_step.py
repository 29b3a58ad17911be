"""One training step of the baseline autoencoder for each line on stdin.

autoencoder_step.py SIZE BATCH notebook|plain contiguous|channels_last; loss 0.15 MSE + 0.85 dissimilarity, AdamW.
"""

import sys

import torch
import torch.nn.functional as F
from peer import serve
from torch import nn

size, batch = map(int, sys.argv[1:3])
decoder, form = sys.argv[3:5]
torch.manual_seed(0)


class Gate(nn.Module):
    """Channel gate, then place gate."""

    def __init__(self, channels):
        super().__init__()
        hidden = max(1, channels // 16)
        self.weigh = nn.Sequential(nn.Conv2d(channels, hidden, 1, bias=False), nn.ReLU(), nn.Conv2d(hidden, channels, 1, bias=False))
        self.place = nn.Conv2d(2, 1, 7, padding=3, bias=False)

    def forward(self, x):
        mean, most = F.adaptive_avg_pool2d(x, 1), F.adaptive_max_pool2d(x, 1)
        x = x * torch.sigmoid(self.weigh(mean) + self.weigh(most))
        return x * torch.sigmoid(self.place(torch.cat([x.amax(1, keepdim=True), x.mean(1, keepdim=True)], 1)))


def block(channels):
    conv = lambda: nn.Conv2d(channels, channels, 3, padding=1, bias=False)
    return nn.Sequential(conv(), nn.BatchNorm2d(channels), nn.ReLU(), nn.Dropout2d(0.2), conv(), nn.BatchNorm2d(channels),
                         Gate(channels), nn.ReLU())


def down(i, o):
    return nn.Sequential(nn.Conv2d(i, o, 4, 2, 1), nn.BatchNorm2d(o), nn.ReLU())


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList([down(3, 32), down(32, 64), down(64, 128), down(128, 256)])
        self.code = nn.Sequential(nn.Conv2d(256, 128, 1), nn.BatchNorm2d(128), nn.ReLU())
        up = lambda i, o: nn.ConvTranspose2d(i, o, 4, 2, 1)
        if decoder == "plain":
            widths = [128, 256, 128, 64, 32]
            steps = [nn.Sequential(up(i, o), nn.BatchNorm2d(o), nn.ReLU()) for i, o in zip(widths, widths[1:])]
            self.up = nn.Sequential(*steps, nn.Conv2d(32, 3, 3, padding=1))
        else:
            self.first, self.joined, self.normal = up(128, 128), block(256), nn.BatchNorm2d(128)
            steps = [nn.Sequential(up(i, o), block(o), nn.BatchNorm2d(o)) for i, o in [(128, 64), (64, 32), (32, 16)]]
            self.up = nn.Sequential(*steps, nn.Conv2d(16, 3, 3, padding=1))

    def forward(self, x):
        maps = []
        for layer in self.down:
            x = layer(x)
            maps.append(x)
        x = self.code(x)
        if decoder != "plain":
            x = self.normal(self.joined(torch.cat([self.first(x), maps[2]], 1))[:, :128])
        return torch.sigmoid(self.up(x))


i = torch.arange(-3, 4, dtype=torch.float32)
window = torch.exp(-(i[:, None] ** 2 + i[None] ** 2) / 4.5)
window = (window / window.sum()).expand(3, 1, 7, 7).contiguous()


def similarity(x, y):
    mean = lambda z: F.conv2d(z, window, padding=3, groups=3)
    mx, my = mean(x), mean(y)
    vx, vy, cov = mean(x * x) - mx**2, mean(y * y) - my**2, mean(x * y) - mx * my
    c1, c2 = 0.01**2, 0.03**2
    return (2 * mx * my + c1) * (2 * cov + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2) + 1e-8)


model = Autoencoder().train()
x = torch.rand(batch, 3, size, size)
if form == "channels_last":
    model = model.to(memory_format=torch.channels_last)
    x = x.to(memory_format=torch.channels_last)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-5)


def step():
    optimizer.zero_grad(set_to_none=True)
    y = model(x)
    loss = 0.15 * F.mse_loss(y, x) + 0.85 * ((1 - similarity(x, y)) / 2).clamp(0, 1).mean()
    loss.backward()
    optimizer.step()
    return loss.item()


serve(step, note=lambda loss: f"loss {loss}")
