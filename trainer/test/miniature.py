"""A tiny prepared data set, drawn: ellipses for faces, so that no picture of a person is needed."""

import json
from pathlib import Path

import cv2
import numpy as np

POINTS = 468
SIZE = 288


def mesh_points(generator: np.random.Generator) -> np.ndarray:
    """468 points on rings of an ellipse: enough of a face for polygons and warps."""
    at = np.arange(POINTS)
    angle, radius = at * 2.399963, np.sqrt((at + 0.5) / POINTS) * 0.3
    points = np.stack([0.5 + radius * np.cos(angle), 0.5 + radius * np.sin(angle) * 1.2], -1)
    return points + generator.normal(0, 0.004, points.shape)


def portrait(generator: np.random.Generator) -> np.ndarray:
    picture = np.empty((SIZE, SIZE, 3), np.uint8)
    picture[:] = generator.integers(30, 200, 3)
    skin = [int(value) for value in generator.integers(60, 220, 3)]
    cv2.ellipse(picture, (144, 144), (86, 106), 0, 0, 360, skin, -1, cv2.LINE_AA)
    for x in (110, 178):
        cv2.circle(picture, (x, 120), 12, (30, 30, 30), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (144, 200), (30, 10), 0, 0, 180, (40, 40, 150), -1, cv2.LINE_AA)
    noise = generator.normal(0, 6, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def write(folder: Path, count: int = 24, seed: int = 0) -> Path:
    """Half real, half 'fake' (a blurred middle); two thirds train, the rest val."""
    generator = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    rows, pictures, points, offset = [], [], [], 0
    for at in range(count):
        picture, fake = portrait(generator), at % 2 == 1
        if fake:
            picture[90:220, 90:200] = cv2.GaussianBlur(picture[90:220, 90:200], (0, 0), 4)
        encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
        row = {
            "shard": "shard-0000", "row": at, "offset": offset, "bytes": len(encoded), "size": SIZE, "margin": 1.6,
            "source": "drawn", "path": f"v{at}.jpg", "hash": str(at), "video": f"v{at}", "identity": f"p{at // 2}", "split": "val" if at % 3 == 2 else "train",
            "label": "fake" if fake else "real", "family": "face_swap" if fake else None,
        }  # fmt: skip
        rows.append(row)
        pictures.append(encoded)
        points.append(mesh_points(generator))
        offset += len(encoded)
    (folder / "shard-0000.jpg.bin").write_bytes(b"".join(pictures))
    packed = np.clip(np.round((np.stack(points) + 0.5) / 2 * 65535), 0, 65535).astype("<u2")
    packed.tofile(folder / "shard-0000.points.bin")
    (folder / "index.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder
