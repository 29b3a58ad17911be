"""Reference taps of torchvision's EfficientNet with weights from a closed formula of name and position.

Every weight is made from integers, so that bench/closed-formula-checkpoint.ts makes the same bits. Writes
backbone-closed-formula.json: for each case mean, standard deviation and sampled values of taps 1..6.

backbone_closed_formula.py [CHECKPOINT]: with a file written by the TypeScript side, checks first that torch.load reads it
and that it holds the same bits.
"""

import json
import sys
from pathlib import Path

import numpy
import torch
import torchvision

SAMPLES = 300
GAIN = 1.6  # these two keep activations near 1 through all 45 blocks of B6, and deep maps dependent on the image
SHIFT = 0.125
CASES = [("efficientnet_b0", 128), ("efficientnet_b6", 512)]


def scramble(x):
    """32-bit finalizer of MurmurHash3."""
    x = x.astype(numpy.uint32)
    x ^= x >> numpy.uint32(16)
    x *= numpy.uint32(0x85EBCA6B)
    x ^= x >> numpy.uint32(13)
    x *= numpy.uint32(0xC2B2AE35)
    x ^= x >> numpy.uint32(16)
    return x


def fnv1a(text):
    h = 0x811C9DC5
    for byte in text.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


def unit(name, count):
    """Values in [-1, 1) with 24 bits, from a hash of the tensor's name and the element's index."""
    index = numpy.arange(count, dtype=numpy.uint32)
    bits = scramble(index * numpy.uint32(0x9E3779B1) + numpy.uint32(fnv1a(name)))
    return ((bits >> numpy.uint32(8)).astype(numpy.float64) - 2.0**23) * 2.0**-23


def closed_formula(name, shape):
    count = int(numpy.prod(shape))
    part = name.split(".")[-1]
    if part == "num_batches_tracked":
        return torch.zeros((), dtype=torch.int64)
    if len(shape) > 1:  # convolution, classifier: variance GAIN / fan-in
        center, spread = 0.0, float(numpy.sqrt(3 * GAIN / (count // shape[0])))
    else:
        center, spread = {
            "weight": (1.0, 0.25),
            "bias": (0.0, SHIFT),
            "running_mean": (0.0, SHIFT),
            "running_var": (1.0, 0.5),
        }[part]
    return torch.from_numpy((center + spread * unit(name, count)).astype(numpy.float32).reshape(shape))


def pattern(size):
    y, x, c = numpy.meshgrid(numpy.arange(size), numpy.arange(size), numpy.arange(3), indexing="ij")
    return ((x**2 + 3 * y**2 + 5 * x * y + 64 * c) // 16 % 256).astype(numpy.uint8)


def reference(network, size):
    model = getattr(torchvision.models, network)().eval()
    model.load_state_dict({name: closed_formula(name, tuple(value.shape)) for name, value in model.state_dict().items()})
    pixels = torch.from_numpy(pattern(size)).permute(2, 0, 1)[None].double() / 255
    mean = torch.tensor([0.485, 0.456, 0.406], dtype=torch.float64).view(1, 3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225], dtype=torch.float64).view(1, 3, 1, 1)
    x = ((pixels - mean) / std).float()
    taps = []
    with torch.inference_mode():
        for stage, part in enumerate(model.features[:7]):
            x = part(x)
            if stage == 0:
                continue
            flat = x.flatten().numpy()
            index = scramble(numpy.arange(SAMPLES, dtype=numpy.uint32)) % numpy.uint32(flat.size)
            taps.append(
                {
                    "shape": list(x.shape),
                    "mean": float(flat.mean(dtype=numpy.float64)),
                    "std": float(flat.std(dtype=numpy.float64)),
                    "samples": [float(f"{v:.7g}") for v in flat[index]],
                }
            )
            print(network, size, stage, list(x.shape), taps[-1]["mean"], taps[-1]["std"])
    return {"network": network.replace("_", "-"), "size": size, "taps": taps}


def check(path):
    state = torch.load(path, weights_only=True)
    for name, value in state.items():
        assert torch.equal(value, closed_formula(name, tuple(value.shape))), name
    print(path, len(state), "tensors, same bits")


for checkpoint in sys.argv[1:]:
    check(checkpoint)
versions = {"torch": torch.__version__, "torchvision": torchvision.__version__, "numpy": numpy.__version__}
cases = [reference(network, size) for network, size in CASES]
Path(__file__).with_name("backbone-closed-formula.json").write_text(json.dumps({"versions": versions, "cases": cases}))
