"""Reference values of the attention variant of DFR in PyTorch, on small widths: forward, loss, gradients, ten Adam
steps, running statistics. Weights come from a closed formula in flawline's layout. Writes dfr_attention.json."""
import json
import math
import pathlib

import torch
import torch.nn.functional as F

torch.use_deterministic_algorithms(True)
torch.set_default_dtype(torch.float64)
CHANNELS, LATENT, N, GRID, STEPS, LR = 20, 9, 2, 8, 10, 1e-3
MIDDLE = (CHANNELS + 2 * LATENT) // 2
BATCH_NORM = dict(eps=1e-5, momentum=0.1)


def noise(count, seed, scale):
    """Uniform in +-scale, from a formula that any language can repeat; float64 throughout."""
    raw = torch.sin(12.9898 * torch.arange(1, count + 1, dtype=torch.float64) + 78.233 * seed) * 43758.5453
    return (raw - raw.floor() - 0.5) * 2 * scale


def conv(name, i, o, k=1, bias=True):
    return [(f"{name}.filter", (k, k, i, o), 1 / math.sqrt(i * k * k))] + ([(f"{name}.bias", (o,), 0.1)] if bias else [])


def block(name, i, o):
    return conv(name, i, o) + [(f"{name}.norm.gain", (1, 1, 1, o), 0.2), (f"{name}.norm.shift", (1, 1, 1, o), 0.2)]


def gate(name, c):
    hidden = max(1, c // 16)
    return conv(f"{name}.squeeze", c, hidden, bias=False) + conv(f"{name}.excite", hidden, c, bias=False) + conv(
        f"{name}.place", 2, 1, 7, False)


SPECS = (block("enc1", CHANNELS, MIDDLE) + block("enc2", MIDDLE, 2 * LATENT) + conv("enc3", 2 * LATENT, LATENT)
         + block("dec1", LATENT, 2 * LATENT) + gate("dec1.gate", 2 * LATENT) + block("dec2", 2 * LATENT, MIDDLE)
         + gate("dec2.gate", MIDDLE) + conv("dec3", MIDDLE, CHANNELS))


def parameters():
    tensors = {}
    for i, (name, shape, scale) in enumerate(SPECS):
        values = noise(math.prod(shape), i, scale).reshape(shape)
        tensors[name] = (values + 1 if name.endswith(".gain") else values).requires_grad_()
    return tensors


def forward(p, running, x, training=True):
    def c(name, x, pad=0):
        return F.conv2d(x, p[f"{name}.filter"].permute(3, 2, 0, 1), p.get(f"{name}.bias"), 1, pad)

    def b(name, x):
        y = c(name, x)
        mean, variance = running.setdefault(f"{name}.norm", (torch.zeros(y.shape[1]), torch.ones(y.shape[1])))
        gain, shift = p[f"{name}.norm.gain"].flatten(), p[f"{name}.norm.shift"].flatten()
        return torch.relu(F.batch_norm(y, mean, variance, gain, shift, training, BATCH_NORM["momentum"], BATCH_NORM["eps"]))

    def g(name, x):
        weigh = lambda z: c(f"{name}.excite", torch.relu(c(f"{name}.squeeze", z)))
        y = x * torch.sigmoid(weigh(F.adaptive_avg_pool2d(x, 1)) + weigh(F.adaptive_max_pool2d(x, 1)))
        seen = torch.cat([y.mean(1, keepdim=True), y.max(1, keepdim=True).values], 1)
        return y * torch.sigmoid(c(f"{name}.place", seen, 3))

    first = b("enc1", x)
    second = b("enc2", first)
    third = g("dec1.gate", b("dec1", c("enc3", second))) + second
    return c("dec3", g("dec2.gate", b("dec2", third)) + first)


def maps(phase):
    return noise(N * GRID * GRID * CHANNELS, 100 + phase, 1).reshape(N, GRID, GRID, CHANNELS).permute(0, 3, 1, 2)


def digest(t):
    """Every 7th value and the root mean square: enough to tell any other tensor."""
    flat = t.detach().flatten()
    return dict(rms=float(flat.square().mean().sqrt()), some=[float(f"{v:.7g}") for v in flat[::7][:40].tolist()])


p = parameters()
running, losses, first = {}, [], {}
optimizer = torch.optim.Adam(p.values(), lr=LR)
for step in range(STEPS):
    x = maps(step)
    y = forward(p, running, x)
    loss = F.mse_loss(y, x)
    optimizer.zero_grad()
    loss.backward()
    losses.append(float(loss.detach()))
    if step == 0:
        first = dict(y=digest(y.permute(0, 2, 3, 1)), gradients={name: digest(t.grad) for name, t in p.items()})
    optimizer.step()
used = {f"{name}.norm": (noise(c, 50 + i, 0.1), 1 + noise(c, 60 + i, 0.2))
        for i, (name, c) in enumerate(dict(enc1=MIDDLE, enc2=2 * LATENT, dec1=2 * LATENT, dec2=MIDDLE).items())}
inferred = forward(parameters(), used, maps(0)[:1], False)
reference = dict(
    made_with=f"torch {torch.__version__}", channels=CHANNELS, latent=LATENT, n=N, grid=GRID, lr=LR, **first, losses=losses,
    params={name: digest(t) for name, t in p.items()},
    running={name: dict(mean=digest(m), variance=digest(v)) for name, (m, v) in running.items()},
    errors=digest((inferred - maps(0)[:1]).square().mean(1)))
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(reference, separators=(",", ":")) + "\n")
