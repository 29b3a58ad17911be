"""Reference taps of timm and EfficientNet-PyTorch (lukemelas), whose names, epsilon, padding and input range differ, with
the weights of backbone_closed_formula.py by their own names. Writes backbone-publishers.json, and backbone.safetensors, a
small file of the format's own library with every element type that is read.

At 104 px the map before stage 6 is 13 px wide, where padding for the size at hand and padding frozen at construction differ.
"""

import json
from pathlib import Path

import numpy
import timm
import torch
from efficientnet_pytorch import EfficientNet
from safetensors.torch import save_file

import importlib.metadata

HERE = Path(__file__).parent
SAMPLES = 100


def shared():
    """The functions of the neighbouring script, without its work."""
    source = (HERE / "backbone_closed_formula.py").read_text().split("\nfor checkpoint in sys.argv")[0]
    names = {}
    exec(compile(source, "backbone_closed_formula", "exec"), names)
    return names


FORMULA = shared()
IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
UNIT = ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])


def timm_taps(model, x):
    x = model.bn1(model.conv_stem(x))
    for stage in model.blocks[:6]:
        x = stage(x)
        yield x


def lukemelas_taps(model, x):
    x = model._swish(model._bn0(model._conv_stem(x)))
    blocks = list(model._blocks)
    for i, block in enumerate(blocks):
        x = block(x)
        width = block._block_args.output_filters
        if blocks[min(i + 1, len(blocks) - 1)]._block_args.output_filters != width:
            yield x


def case(network, family, scheme, model, taps, normal, size):
    model = model.eval()
    formula = {name: FORMULA["closed_formula"](name, tuple(v.shape)) for name, v in model.state_dict().items()}
    model.load_state_dict(formula)
    pixels = torch.from_numpy(FORMULA["pattern"](size)).permute(2, 0, 1)[None].double() / 255
    mean, std = (torch.tensor(v, dtype=torch.float64).view(1, 3, 1, 1) for v in normal)
    out = []
    with torch.inference_mode():
        for x in taps(model, ((pixels - mean) / std).float()):
            flat = x.flatten().numpy()
            index = FORMULA["scramble"](numpy.arange(SAMPLES, dtype=numpy.uint32)) % numpy.uint32(flat.size)
            out.append({"shape": list(x.shape), "mean": float(flat.mean(dtype=numpy.float64)),
                        "std": float(flat.std(dtype=numpy.float64)), "samples": [float(f"{v:.7g}") for v in flat[index]]})
    print(network, family, [tap["shape"] for tap in out])
    return {"network": network, "family": family, "scheme": scheme, "size": size, "taps": out}


cases = [
    case("efficientnet-b0", "timm", "timm", timm.create_model("efficientnet_b0"), timm_taps, IMAGENET, 104),
    case("efficientnet-b0", "timm-tf", "timm", timm.create_model("tf_efficientnet_b0"), timm_taps, IMAGENET, 104),
    case("efficientnet-lite3", "timm-tf", "timm", timm.create_model("tf_efficientnet_lite3"), timm_taps, UNIT, 104),
    case("efficientnet-lite4", "timm-tf", "timm", timm.create_model("tf_efficientnet_lite4"), timm_taps, UNIT, 96),
    case("efficientnet-b0", "lukemelas", "lukemelas", EfficientNet.from_name("efficientnet-b0"), lukemelas_taps, IMAGENET, 104),
]
packages = ["torch", "timm", "efficientnet_pytorch", "safetensors", "numpy"]
versions = {name: importlib.metadata.version(name) for name in packages}
(HERE / "backbone-publishers.json").write_text(json.dumps({"versions": versions, "cases": cases}))
save_file(
    {
        "plain": torch.arange(24, dtype=torch.float32).reshape(2, 3, 4),
        "half": torch.arange(6, dtype=torch.float16).reshape(2, 3) / 4,
        "brain": torch.tensor([1.5, -2.0, 0.0], dtype=torch.bfloat16),
        "double": torch.tensor([0.5, -2.0], dtype=torch.float64),
        "count": torch.tensor(7),
    },
    HERE / "backbone.safetensors",
    metadata={"format": "pt"},
)
