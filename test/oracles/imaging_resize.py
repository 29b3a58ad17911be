"""Pillow's resize over random sizes: SHA-256 of every result. The px come from a formula that the test repeats.

Needs Pillow 12 or older, which resizes the width first: 13 takes the height first where it shrinks much more.
"""
import hashlib
import json
import pathlib

import numpy
import PIL
from PIL import Image

FILTERS = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "nearest": Image.NEAREST}


def pattern(width: int, height: int, channels: int) -> numpy.ndarray:
    """Sample i is the top byte of i * 2654435761 + 12345 (mod 2^32), squeezed to 0 or 255 in every seventh."""
    i = numpy.arange(width * height * channels, dtype=numpy.uint64)
    hashed = ((i * 2654435761 + 12345) % 2**32 * 2246822519 % 2**32 >> 24).astype(numpy.uint8)
    hashed[::7] = numpy.where(hashed[::7] > 127, 255, 0)
    return hashed.reshape((height, width, channels) if channels == 3 else (height, width))


def main() -> None:
    assert int(PIL.__version__.split(".")[0]) <= 12, "Pillow 13 takes the axes in another order"
    random = numpy.random.default_rng(11)
    cases = []
    sizes = [(1024, 1024, 512, 512), (1024, 1024, 256, 256), (1, 1, 5, 3), (3, 5, 1, 1), (128, 128, 128, 64), (127, 128, 256, 256)]
    sizes += [tuple(int(v) for v in random.integers(1, 200, 4)) for _ in range(150)]
    for n, (w, h, to_w, to_h) in enumerate(sizes):
        channels = 3 if n % 3 else 1
        image = Image.fromarray(pattern(w, h, channels))
        for name, code in FILTERS.items():
            out = numpy.asarray(image.resize((to_w, to_h), code))
            cases.append([w, h, channels, to_w, to_h, name, hashlib.sha256(out.tobytes()).hexdigest()[:16]])
    result = {"versions": {"pillow": PIL.__version__, "numpy": numpy.__version__}, "cases": cases}
    path = pathlib.Path(__file__).parent / "imaging" / "resize.json"
    path.write_text(json.dumps(result, separators=(",", ":")).replace("],[", "],\n[") + "\n")


main()
