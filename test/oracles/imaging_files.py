"""Tiny image files of every kind, and the RGB px (or mask px) that each must give. OpenCV 16-bit files are exact."""
import io
import json
import pathlib
import struct

import cv2
import numpy
import PIL
from PIL import Image, ImageCms

FOLDER = pathlib.Path(__file__).parent / "imaging" / "files"
WIDTH, HEIGHT = 13, 7
random = numpy.random.default_rng(5)
rgb = random.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=numpy.uint8)
grey = rgb[..., 0].copy()
expected: dict[str, list[int]] = {}


def keep(name: str, content: bytes, pixels: numpy.ndarray) -> None:
    """`pixels` is height x width (grey) or height x width x 3."""
    (FOLDER / name).write_bytes(content)
    if pixels.ndim == 2:
        pixels = numpy.stack([pixels] * 3, -1)
    expected[name] = [pixels.shape[1], pixels.shape[0], *pixels.astype(int).ravel().tolist()]


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def scaled(samples: numpy.ndarray) -> numpy.ndarray:
    return numpy.floor(samples / 257 + 0.5).astype(numpy.uint8)


def bmp(bits: int, rows: list[bytes], palette: bytes = b"", *, height: int = HEIGHT, header: int = 40, masks: bytes = b"", compression: int = 0) -> bytes:
    """A bitmap by hand: rows are given in file order, unpadded."""
    pixels = b"".join(row + b"\0" * (-len(row) % 4) for row in rows)
    if header == 12:
        info = struct.pack("<IHHHH", 12, WIDTH, height, 1, bits)
    else:
        info = struct.pack("<IiiHHIIiiII", header, WIDTH, height, 1, bits, compression, len(pixels), 2835, 2835, len(palette) // 4, 0)
        info += masks + b"\0" * (header - 40 - len(masks)) if header > 40 else masks
    offset = 14 + len(info) + len(palette)
    return b"BM" + struct.pack("<IHHI", offset + len(pixels), 0, 0, offset) + info + palette + pixels


def packed(indices: numpy.ndarray, bits: int) -> list[bytes]:
    rows = []
    for row in indices:
        text = "".join(format(int(v), f"0{bits}b") for v in row)
        text += "0" * (-len(text) % 8)
        rows.append(bytes(int(text[i : i + 8], 2) for i in range(0, len(text), 8)))
    return rows


def bitmaps() -> None:
    bgr_rows = [rgb[y, :, ::-1].tobytes() for y in range(HEIGHT)]
    keep("rgb24.bmp", bmp(24, bgr_rows[::-1]), rgb)
    keep("rgb24-top-down.bmp", bmp(24, bgr_rows, height=-HEIGHT), rgb)
    v4 = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    keep("rgb24-v4.bmp", bmp(24, bgr_rows[::-1], header=108), rgb)
    keep("rgb24-v5.bmp", bmp(24, bgr_rows[::-1], header=124), rgb)
    bgrx = numpy.concatenate([rgb[..., ::-1], random.integers(0, 256, (HEIGHT, WIDTH, 1), dtype=numpy.uint8)], -1)
    keep("rgb32.bmp", bmp(32, [row.tobytes() for row in bgrx[::-1]]), rgb)
    keep("rgba32-v4-fields.bmp", bmp(32, [row.tobytes() for row in bgrx[::-1]], header=108, masks=v4, compression=3), rgb)
    swapped = numpy.concatenate([rgb, bgrx[..., 3:]], -1)
    fields = struct.pack("<III", 0xFF, 0xFF00, 0xFF0000)
    keep("rgb32-fields.bmp", bmp(32, [row.tobytes() for row in swapped[::-1]], masks=fields, compression=3), rgb)
    value = (rgb[..., 0].astype(int) >> 3 << 11) | (rgb[..., 1].astype(int) >> 2 << 5) | (rgb[..., 2].astype(int) >> 3)
    five = lambda v: numpy.floor(v * 255 / 31 + 0.5)
    six = lambda v: numpy.floor(v * 255 / 63 + 0.5)
    keep(
        "rgb565.bmp",
        bmp(16, [row.astype("<u2").tobytes() for row in value[::-1]], masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F), compression=3),
        numpy.stack([five(value >> 11), six(value >> 5 & 63), five(value & 31)], -1),
    )
    palette = random.integers(0, 256, (256, 4), dtype=numpy.uint8)
    for bits in (1, 4, 8):
        indices = random.integers(0, 1 << bits, (HEIGHT, WIDTH))
        entries = palette[: 1 << bits].tobytes()
        keep(f"palette{bits}.bmp", bmp(bits, packed(indices[::-1], bits), entries), palette[indices][..., 2::-1])
    indices = random.integers(0, 16, (HEIGHT, WIDTH))
    keep("palette4-os2.bmp", bmp(4, packed(indices[::-1], 4), palette[:16, :3].tobytes(), header=12), palette[indices][..., 2::-1])
    keep("pillow-one-bit.bmp", saved(Image.fromarray(grey > 127), "BMP"), numpy.where(grey > 127, 255, 0))


def others() -> None:
    keep("rgb8.png", saved(Image.fromarray(rgb), "PNG"), rgb)
    keep("grey8.png", saved(Image.fromarray(grey), "PNG"), grey)
    keep("grey1.png", saved(Image.fromarray(grey > 127), "PNG"), numpy.where(grey > 127, 255, 0))
    keep("rgb8-icc.png", saved(Image.fromarray(rgb), "PNG", icc_profile=lab_like_profile()), rgb)
    deep = random.integers(0, 65536, (HEIGHT, WIDTH, 3), dtype=numpy.uint16)
    keep("rgb16.png", cv2.imencode(".png", deep[..., ::-1])[1].tobytes(), scaled(deep))
    keep("grey16.png", cv2.imencode(".png", deep[..., 0])[1].tobytes(), scaled(deep[..., 0]))
    keep("grey16.tif", saved(Image.fromarray(deep[..., 0]), "TIFF"), scaled(deep[..., 0]))
    alpha = numpy.concatenate([deep, deep[..., :1]], -1)
    keep("rgba16.png", cv2.imencode(".png", alpha[..., [2, 1, 0, 3]])[1].tobytes(), scaled(deep))
    rgba = numpy.concatenate([rgb, grey[..., None]], -1)
    keep("rgba8.png", saved(Image.fromarray(rgba), "PNG"), rgb)
    keep("grey-alpha.png", saved(Image.fromarray(numpy.stack([grey, rgb[..., 1]], -1), "LA"), "PNG"), grey)
    indexed = Image.fromarray(rgb).quantize(9)
    keep("palette.png", saved(indexed, "PNG"), numpy.asarray(indexed.convert("RGB")))
    keep("rgb8.tif", saved(Image.fromarray(rgb), "TIFF", compression="tiff_lzw"), rgb)
    keep("rgb8.webp", saved(Image.fromarray(rgb), "WEBP", lossless=True, exact=True), rgb)
    ramp = numpy.stack(numpy.meshgrid(numpy.arange(40) * 6, numpy.arange(24) * 10), -1)
    soft = Image.fromarray(numpy.concatenate([ramp, ramp[..., :1] // 2], -1).astype(numpy.uint8))
    keep("rgb.jpg", saved(soft, "JPEG", quality=95, subsampling=0), numpy.asarray(soft))
    keep("progressive.jpg", saved(soft, "JPEG", quality=95, subsampling=0, progressive=True), numpy.asarray(soft))
    keep("grey.jpg", saved(soft.convert("L"), "JPEG", quality=95), numpy.asarray(soft.convert("L")))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        turned = numpy.asarray(soft)
        turned = [turned, turned[:, ::-1], turned[::-1, ::-1], turned[::-1], turned.transpose(1, 0, 2),
                  numpy.rot90(turned, -1), turned[::-1, ::-1].transpose(1, 0, 2), numpy.rot90(turned)][orientation - 1]
        keep(f"orientation{orientation}.jpg", saved(soft, "JPEG", quality=95, subsampling=0, exif=exif), turned)
    exif = Image.Exif()
    exif[0x0112] = 6
    keep("orientation6.png", saved(Image.fromarray(rgb), "PNG", exif=exif), numpy.rot90(rgb, -1))
    keep("orientation6.tif", saved(Image.fromarray(rgb), "TIFF", exif=exif), numpy.rot90(rgb, -1))
    keep("orientation6.webp", saved(Image.fromarray(rgb), "WEBP", lossless=True, exact=True, exif=exif), numpy.rot90(rgb, -1))


def lab_like_profile() -> bytes:
    """A profile that would change the px if it were applied."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()


def press() -> None:
    """CMYK has no single right answer: full ink of each kind, checked loosely."""
    plates = numpy.zeros((8, 40, 4), numpy.uint8)
    for n, ink in enumerate([(0, 0, 0, 0), (255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 255, 0), (0, 0, 0, 255)]):
        plates[:, n * 8 : n * 8 + 8] = ink
    image = Image.fromarray(plates, "CMYK")
    (FOLDER / "cmyk.jpg").write_bytes(saved(image, "JPEG", quality=95))
    (FOLDER / "cmyk.tif").write_bytes(saved(image, "TIFF"))


def refused() -> None:
    (FOLDER / "float.tif").write_bytes(saved(Image.fromarray(rgb[..., 0].astype(numpy.float32) / 255), "TIFF"))
    (FOLDER / "not-an-image.png").write_bytes(b"<!DOCTYPE html><title>404</title>")
    (FOLDER / "zero-wide.bmp").write_bytes(bmp(24, [])[:18] + struct.pack("<ii", 0, 7) + bmp(24, [])[26:])
    huge = bytearray(saved(Image.fromarray(grey), "PNG"))
    huge[16:24] = struct.pack(">II", 20000, 300)
    (FOLDER / "huge.png").write_bytes(huge)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    bitmaps()
    others()
    press()
    refused()
    result = {"versions": {"pillow": PIL.__version__, "opencv": cv2.__version__, "numpy": numpy.__version__}, "files": expected}
    path = FOLDER.parent / "files.json"
    path.write_text(json.dumps(result, separators=(",", ":")).replace('],"', '],\n"') + "\n")


main()
