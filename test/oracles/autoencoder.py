"""Reference values of the baseline autoencoders and of SSIM in PyTorch, on small widths: forward, loss, gradients, ten
AdamW steps, running statistics. Weights come from a closed formula in flawline's layout. Writes autoencoder.json."""
import json
import math
import pathlib

import torch
import torch.nn.functional as F

torch.use_deterministic_algorithms(True)
torch.set_default_dtype(torch.float64)
WIDTHS = dict(encoder=[4, 6, 8, 10], bottleneck=8, attended=[8, 6, 4, 4], plain=[10, 8, 6, 4])
N, SIZE, STEPS, LR, DECAY = 2, 32, 10, 1e-3, 1e-5
BATCH_NORM = dict(eps=1e-5, momentum=0.1)


def noise(count, seed, scale):
    """Uniform in +-scale, from a formula that any language can repeat; float64 throughout."""
    raw = torch.sin(12.9898 * torch.arange(1, count + 1, dtype=torch.float64) + 78.233 * seed) * 43758.5453
    return (raw - raw.floor() - 0.5) * 2 * scale


def conv(name, i, o, k, bias=True):
    return [(f"{name}.filter", (k, k, i, o), 1 / math.sqrt(i * k * k))] + ([(f"{name}.bias", (o,), 0.1)] if bias else [])


def up(name, i, o):
    return [(f"{name}.filter", (4, 4, o, i), 1 / math.sqrt(o * 16)), (f"{name}.bias", (o,), 0.1)]


def norm(name, c):
    return [(f"{name}.gain", (1, 1, 1, c), 0.2), (f"{name}.shift", (1, 1, 1, c), 0.2)]


def block(name, c):
    hidden = max(1, c // 16)
    return (conv(f"{name}.conv1", c, c, 3, False) + norm(f"{name}.norm1", c) + conv(f"{name}.conv2", c, c, 3, False)
            + norm(f"{name}.norm2", c) + conv(f"{name}.squeeze", c, hidden, 1, False)
            + conv(f"{name}.excite", hidden, c, 1, False) + conv(f"{name}.place", 2, 1, 7, False))


def specs(decoder):
    e, a, p = WIDTHS["encoder"], WIDTHS["attended"], WIDTHS["plain"]
    out = []
    for i, (before, after) in enumerate(zip([3] + e, e)):
        out += conv(f"enc{i + 1}", before, after, 4) + norm(f"enc{i + 1}.norm", after)
    out += conv("code", e[3], WIDTHS["bottleneck"], 1) + norm("code.norm", WIDTHS["bottleneck"])
    if decoder == "plain":
        for i, (before, after) in enumerate(zip([WIDTHS["bottleneck"]] + p, p)):
            out += up(f"dec{i + 1}", before, after) + norm(f"dec{i + 1}.norm", after)
        return out + conv("out", p[3], 3, 3)
    out += up("dec1", WIDTHS["bottleneck"], a[0]) + block("dec1.block", a[0] + e[2]) + norm("dec1.norm", a[0])
    out += up("dec2", a[0], a[1]) + block("dec2.block", a[1]) + norm("dec2.norm", a[1])
    out += up("dec3", a[1], a[2]) + block("dec3.block", a[2]) + norm("dec3.norm", a[2])
    if decoder == "script":
        return out + up("dec4", a[2], 3)
    return out + up("dec4", a[2], a[3]) + block("dec4.block", a[3]) + norm("dec4.norm", a[3]) + conv("out", a[3], 3, 3)


def parameters(decoder):
    tensors = {}
    for i, (name, shape, scale) in enumerate(specs(decoder)):
        values = noise(math.prod(shape), i, scale).reshape(shape)
        tensors[name] = (values + 1 if name.endswith(".gain") else values).requires_grad_()
    return tensors


def forward(decoder, p, running, x, masks):
    def c(name, x, stride=1, pad=0):
        return F.conv2d(x, p[f"{name}.filter"].permute(3, 2, 0, 1), p.get(f"{name}.bias"), stride, pad)

    def u(name, x):
        return F.conv_transpose2d(x, p[f"{name}.filter"].permute(3, 2, 0, 1), p[f"{name}.bias"], 2, 1)

    def n(name, x):
        channels = x.shape[1]
        mean, variance = running.setdefault(name, (torch.zeros(channels), torch.ones(channels)))
        return F.batch_norm(x, mean, variance, p[f"{name}.gain"].flatten(), p[f"{name}.shift"].flatten(), True,
                            BATCH_NORM["momentum"], BATCH_NORM["eps"])

    def b(name, x):
        y = torch.relu(n(f"{name}.norm1", c(f"{name}.conv1", x, 1, 1))) * masks[name]
        y = n(f"{name}.norm2", c(f"{name}.conv2", y, 1, 1))
        weigh = lambda z: c(f"{name}.excite", torch.relu(c(f"{name}.squeeze", z)))
        y = y * torch.sigmoid(weigh(F.adaptive_avg_pool2d(y, 1)) + weigh(F.adaptive_max_pool2d(y, 1)))
        seen = torch.cat([y.max(1, keepdim=True).values, y.mean(1, keepdim=True)], 1)
        return torch.relu(y * torch.sigmoid(c(f"{name}.place", seen, 1, 3)))

    maps = []
    for i in range(1, 5):
        x = torch.relu(n(f"enc{i}.norm", c(f"enc{i}", x, 2, 1)))
        maps.append(x)
    x = torch.relu(n("code.norm", c("code", x)))
    if decoder == "plain":
        for i in range(1, 5):
            x = torch.relu(n(f"dec{i}.norm", u(f"dec{i}", x)))
        return torch.sigmoid(c("out", x, 1, 1))
    x = b("dec1.block", torch.cat([u("dec1", x), maps[2]], 1))[:, : WIDTHS["attended"][0]]
    x = n("dec1.norm", x)
    for name in ["dec2", "dec3"] + (["dec4"] if decoder == "notebook" else []):
        x = n(f"{name}.norm", b(f"{name}.block", u(name, x)))
    return torch.sigmoid(u("dec4", x) if decoder == "script" else c("out", x, 1, 1))


def window(kind):
    i = torch.arange(-3, 4, dtype=torch.float64)
    y, x = torch.meshgrid(i, i, indexing="ij")
    raw = torch.exp(-(x**2 + y**2) / 4.5) if kind == "isotropic" else torch.exp(-(x**2) - y**2 / 4.5)
    return raw / raw.sum()


def ssim(x, y, kind):
    w = window(kind).expand(x.shape[1], 1, 7, 7)
    mean = lambda z: F.conv2d(z, w, padding=3, groups=x.shape[1])
    mx, my = mean(x), mean(y)
    vx, vy, cov = mean(x * x) - mx**2, mean(y * y) - my**2, mean(x * y) - mx * my
    c1, c2 = 0.01**2, 0.03**2
    return (2 * mx * my + c1) * (2 * cov + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2) + 1e-8)


def loss_of(x, y, kind):
    return 0.15 * F.mse_loss(y, x) + 0.85 * ((1 - ssim(x, y, kind)) / 2).clamp(0, 1).mean()


def image(phase):
    return ((noise(N * SIZE * SIZE * 3, phase, 0.5) + 0.5).reshape(N, SIZE, SIZE, 3)).permute(0, 3, 1, 2)


def mask(name, i, channels):
    values = [0.0 if (n * channels + c + i) % 5 == 0 else 1.25 for n in range(N) for c in range(channels)]
    return torch.tensor(values).reshape(N, channels, 1, 1)


def digest(t):
    """Every 7th value and the root mean square: enough to tell any other tensor."""
    flat = t.detach().flatten()
    return dict(rms=float(flat.square().mean().sqrt()), some=[float(f"{v:.7g}") for v in flat[::7][:40].tolist()])


def nhwc(t):
    return t.permute(0, 2, 3, 1)


def run(decoder, kind):
    p = parameters(decoder)
    e, a = WIDTHS["encoder"], WIDTHS["attended"]
    channels = {"dec1.block": a[0] + e[2], "dec2.block": a[1], "dec3.block": a[2], "dec4.block": a[3]}
    masks = {name: mask(name, i, c) for i, (name, c) in enumerate(channels.items())}
    running, losses = {}, []
    optimizer = torch.optim.AdamW(p.values(), lr=LR, weight_decay=DECAY)
    out = {}
    for step in range(STEPS):
        x = image(step)
        y = forward(decoder, p, running, x, masks)
        loss = loss_of(x, y, kind)
        optimizer.zero_grad()
        loss.backward()
        losses.append(float(loss.detach()))
        if step == 0:
            out = dict(y=digest(nhwc(y)), gradients={name: digest(t.grad) for name, t in p.items()})
        optimizer.step()
    return dict(**out, window=kind, losses=losses, params={name: digest(t) for name, t in p.items()},
                running={name: dict(mean=digest(m), variance=digest(v)) for name, (m, v) in running.items()})


cases = {"notebook": run("notebook", "notebook"), "script": run("script", "isotropic"), "plain": run("plain", "isotropic")}
similarity = {kind: digest(nhwc(ssim(image(0), image(3), kind))) for kind in ["isotropic", "notebook"]}
reference = dict(made_with=f"torch {torch.__version__}", n=N, size=SIZE, lr=LR, decay=DECAY, widths=WIDTHS, ssim=similarity, cases=cases)
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(reference, separators=(",", ":")) + "\n")
