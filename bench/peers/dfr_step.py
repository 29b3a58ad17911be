"""One DFR training step for each line on stdin.

dfr_step.py CHANNELS LATENT CELLS conv|channels_last|linear; conv: 1x1 convolutions, plain memory format; channels_last:
the same in channels_last; linear: cells as rows of a matrix.
"""

import sys

import torch
from peer import serve

channels, latent, cells = map(int, sys.argv[1:4])
form = sys.argv[4]
middle = (channels + 2 * latent) // 2
widths = [channels, middle, 2 * latent, latent, 2 * latent, middle, channels]
torch.manual_seed(0)

layers = []
for i in range(6):
    if form == "linear":
        layers.append(torch.nn.Linear(widths[i], widths[i + 1]))
    else:
        layers.append(torch.nn.Conv2d(widths[i], widths[i + 1], 1))
    if i not in (2, 5):
        norm = torch.nn.BatchNorm1d if form == "linear" else torch.nn.BatchNorm2d
        layers += [norm(widths[i + 1]), torch.nn.ReLU(inplace=True)]
model = torch.nn.Sequential(*layers)
side = int(cells**0.5)
shape = (cells, channels) if form == "linear" else (1, channels, side, cells // side)
x = torch.rand(shape)
if form == "channels_last":
    model = model.to(memory_format=torch.channels_last)
    x = x.to(memory_format=torch.channels_last)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
model.train()


def step():
    optimizer.zero_grad(set_to_none=True)
    loss = torch.nn.functional.mse_loss(model(x), x)
    loss.backward()
    optimizer.step()
    return loss.item()


serve(step, note=lambda loss: f"loss {loss}")
