"""Reference values for one DFR autoencoder in PyTorch: three Adam steps, then inference. Writes dfr_step.json."""
import json
import pathlib
import torch

torch.manual_seed(7)
torch.use_deterministic_algorithms(True)
C, D, P, STEPS = 24, 5, 48, 3
M = (C + 2 * D) // 2
WIDTHS = [C, M, 2 * D, D, 2 * D, M, C]
NAMES = ["enc1", "enc2", "enc3", "dec1", "dec2", "dec3"]
NORMALIZED = {"enc1", "enc2", "dec1", "dec2"}


class Dfr(torch.nn.Module):
    def __init__(self):
        super().__init__()
        for i, name in enumerate(NAMES):
            self.add_module(name, torch.nn.Conv2d(WIDTHS[i], WIDTHS[i + 1], 1))
            if name in NORMALIZED:
                norm = torch.nn.BatchNorm2d(WIDTHS[i + 1])
                torch.nn.init.uniform_(norm.weight, 0.5, 1.5)
                torch.nn.init.uniform_(norm.bias, -0.5, 0.5)
                self.add_module(name + "_bn", norm)

    def forward(self, x):
        for name in NAMES:
            x = getattr(self, name)(x)
            if name in NORMALIZED:
                x = torch.relu(getattr(self, name + "_bn")(x))
        return x


def numbers(tensor):
    return [float(f"{v:.9g}") for v in tensor.detach().flatten().tolist()]


def named(model):
    out = {}
    for name in NAMES:
        layer = getattr(model, name)
        out[f"{name}.weight"], out[f"{name}.bias"] = layer.weight, layer.bias
        if name in NORMALIZED:
            norm = getattr(model, name + "_bn")
            out[f"{name}.gain"], out[f"{name}.shift"] = norm.weight, norm.bias
    return out


def values(tensors):
    return {name: numbers(tensor) for name, tensor in tensors.items()}


def running(model):
    out = {}
    for name in NAMES:
        if name in NORMALIZED:
            norm = getattr(model, name + "_bn")
            out[f"{name}.mean"], out[f"{name}.variance"] = norm.running_mean, norm.running_var
    return values(out)


model = Dfr()
xs = [torch.randn(1, C, 6, 8) * 2 + 1 for _ in range(STEPS)]
record = {
    "made with": {"torch": torch.__version__},
    "channels": C,
    "latent": D,
    "cells": P,
    "lr": 1e-3,
    "inputs": [numbers(x) for x in xs],
    "params": values(named(model)),
}
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
losses = []
for step, x in enumerate(xs):
    loss = torch.nn.functional.mse_loss(model(x), x)
    optimizer.zero_grad()
    loss.backward()
    # A bias that batch norm takes out again has the true gradient 0; Adam would turn its rounding noise into steps of size lr.
    for name in NORMALIZED | {"enc3"}:
        getattr(model, name).bias.grad.zero_()
    if step == 0:
        record["gradients"] = {name: numbers(p.grad) for name, p in named(model).items()}
    optimizer.step()
    losses.append(loss.item())
    if step == 0:
        record["params after one step"] = values(named(model))
record["losses"] = losses
record["params after all steps"] = values(named(model))
record["buffers after all steps"] = running(model)
model.eval()
record["inference of input 0"] = numbers(model(xs[0]))
pathlib.Path(__file__).with_name("dfr_step.json").write_text(json.dumps(record) + "\n")
