"""OpenCV's Lab, CLAHE, blur, unsharp and warps, and NumPy's gain: SHA-256 of every result over formula px."""
import hashlib
import json
import pathlib

import cv2
import numpy

SIZES = [(1024, 1024), (512, 512), (64, 48), (128, 128), (100, 75), (96, 50), (50, 96), (17, 9), (8, 8), (5, 3), (3, 4), (2, 2), (1, 7)]


def pattern(width: int, height: int, channels: int) -> numpy.ndarray:
    """Sample i is the top byte of i * 2654435761 + 12345 (mod 2^32), squeezed to 0 or 255 in every seventh."""
    i = numpy.arange(width * height * channels, dtype=numpy.uint64)
    hashed = ((i * 2654435761 + 12345) % 2**32 * 2246822519 % 2**32 >> 24).astype(numpy.uint8)
    hashed[::7] = numpy.where(hashed[::7] > 127, 255, 0)
    return hashed.reshape((height, width, channels) if channels == 3 else (height, width))


def smooth(width: int, height: int) -> numpy.ndarray:
    """Three ramps in whole numbers, so that tables of neighbouring tiles differ."""
    y, x = numpy.mgrid[:height, :width]
    planes = [(3 * x + y) // 7 + 40, (x + 2 * y) // 5 + 30, (x * y) // 97 + (x % 13)]
    return numpy.stack([plane % 256 for plane in planes], -1).astype(numpy.uint8)


def digest(array: numpy.ndarray) -> str:
    return hashlib.sha256(numpy.ascontiguousarray(array).tobytes()).hexdigest()[:16]


def clahe(rgb: numpy.ndarray, clip: float, tiles: int) -> numpy.ndarray:
    lab = cv2.cvtColor(rgb[..., ::-1].copy(), cv2.COLOR_BGR2Lab)
    lab[..., 0] = cv2.createCLAHE(clip, (tiles, tiles)).apply(numpy.ascontiguousarray(lab[..., 0]))
    return cv2.cvtColor(lab, cv2.COLOR_Lab2BGR)[..., ::-1]


def unsharp(rgb: numpy.ndarray, amount: float) -> numpy.ndarray:
    return cv2.addWeighted(rgb, 1 + amount, cv2.GaussianBlur(rgb, (5, 5), 1.0), -amount, 0)


def blur(rgb: numpy.ndarray, size: int) -> numpy.ndarray:
    if size != 4:
        return cv2.GaussianBlur(rgb, (size, size), 0)
    kernel = numpy.array([1, 3, 3, 1]) / 8
    exact = cv2.sepFilter2D(rgb.astype(numpy.float64), -1, kernel, kernel, borderType=cv2.BORDER_REFLECT_101)
    return numpy.floor(exact + 0.5).astype(numpy.uint8)


def warp(image: numpy.ndarray, degrees: int) -> numpy.ndarray:
    height, width = image.shape[:2]
    return cv2.warpAffine(image, cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0), (width, height))


def main() -> None:
    cases = []
    for width, height in SIZES:
        for source, image in (("pattern", pattern(width, height, 3)), ("smooth", smooth(width, height))):
            add = lambda name, value, out: cases.append([source, width, height, name, value, digest(out)])
            for clip, tiles in ((0.8, 8), (2.0, 8), (4.0, 3)):
                if min(width, height) > tiles:
                    add("clahe", [clip, tiles], clahe(image, clip, tiles))
            for amount in (1, 2, 0.5):
                add("unsharp", amount, unsharp(image, amount))
            for size in (3, 4, 5):
                add("blur", size, blur(image, size))
            for degrees in (90, 180, 270):
                add("warp", degrees, warp(image, degrees))
                add("exact", degrees, numpy.rot90(image, degrees // 90))
            add("gain", 0.8371, numpy.clip(numpy.rint(image * 0.8371), 0, 255).astype(numpy.uint8))
            add("gain", 1.5, numpy.clip(numpy.rint(image * 1.5), 0, 255).astype(numpy.uint8))
            table = numpy.floor(255 * (numpy.arange(256) / 255) ** (1 / 0.8)).astype(numpy.uint8)
            add("gamma", 0.8, cv2.LUT(image, table))
            add("flip", "horizontal", image[:, ::-1])
            add("flip", "vertical", image[::-1])
    colours = numpy.arange(1 << 24, dtype=numpy.uint32)
    cube = numpy.stack([colours >> 16 & 255, colours >> 8 & 255, colours & 255], -1).astype(numpy.uint8).reshape(4096, 4096, 3)
    lab = {
        "forward": digest(cv2.cvtColor(cube, cv2.COLOR_RGB2Lab)),
        "backward": digest(cv2.cvtColor(cube, cv2.COLOR_Lab2RGB)),
    }
    result = {"versions": {"opencv": cv2.__version__, "numpy": numpy.__version__}, "lab": lab, "cases": cases}
    path = pathlib.Path(__file__).parent / "imaging" / "enhance.json"
    path.write_text(json.dumps(result, separators=(",", ":")).replace('"],["', '"],\n["') + "\n")


main()
