"""Derives golden.json with the float weights in Python's onnxruntime, a path that shares no code with Unswap.

    python derive.py PORTRAIT.png OTHER.png   (two aligned 224x224 crops; needs onnxruntime, numpy, pillow)

Writes the crops beside this file and ../golden.json. The portraits show 8-bit sums that saturate, the blends
give the high logits that portraits do not, and the rest is dark, coarse or no face at all.
"""
import hashlib
import io
import json
import pathlib
import sys

import numpy
import onnxruntime
from PIL import Image, ImageDraw, ImageFilter

HERE = pathlib.Path(__file__).parent
SIZE = 224


def blend(inner, outer, box, feather):
    mask = Image.new("L", (SIZE, SIZE), 0)
    ImageDraw.Draw(mask).ellipse(box, fill=255)
    return Image.composite(inner, outer, mask.filter(ImageFilter.GaussianBlur(feather)))


def recompress(picture, size, quality):
    stored = io.BytesIO()
    picture.resize((size, size), Image.Resampling.BICUBIC).save(stored, "JPEG", quality=quality)
    return Image.open(stored).convert("RGB").resize((SIZE, SIZE), Image.Resampling.BICUBIC)


def softened(picture, size):
    small = picture.resize((size, size), Image.Resampling.BILINEAR)
    return small.resize((SIZE, SIZE), Image.Resampling.BILINEAR)


def crops(portrait, other):
    noise = numpy.random.Generator(numpy.random.PCG64(1)).integers(0, 256, (SIZE, SIZE, 3), dtype=numpy.uint8)
    shade = numpy.linspace(1, 0.2, SIZE)[None, :, None]
    return {
        "portrait.png": portrait,
        "other.png": other,
        "noise.png": Image.fromarray(noise),
        "shade.png": Image.fromarray((numpy.asarray(other) * shade).astype(numpy.uint8)),
        "swap.png": blend(softened(other, 96), portrait, (40, 40, 184, 200), 6),
        "swap-back.png": blend(softened(portrait, 80), other, (44, 36, 180, 204), 3),
        "low.png": recompress(portrait, 96, 35),
    }


def main():
    pictures = crops(*(Image.open(name).convert("RGB") for name in sys.argv[1:3]))
    session = onnxruntime.InferenceSession(HERE.parent / "xception.onnx")
    entries = []
    for name, picture in pictures.items():
        picture.save(HERE / name, optimize=True)
        pixels = numpy.asarray(picture, numpy.float32).transpose(2, 0, 1)[None] / 255
        logits, heat = session.run(["logits", "manipulation_map"], {"crops": pixels})
        entries.append(
            {
                "file": f"golden/{name}",
                "sha256": hashlib.sha256((HERE / name).read_bytes()).hexdigest(),
                "logits": [round(float(value), 4) for value in logits[0]],
                "mapMean": round(float((1 / (1 + numpy.exp(-heat))).mean()), 5),
            }
        )
    golden = {"tolerance": {"int8": 0.5, "float": 0.02}, "crops": entries}
    (HERE.parent / "golden.json").write_text(json.dumps(golden, indent=2) + "\n")


main()
