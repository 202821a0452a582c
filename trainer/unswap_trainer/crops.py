"""Reads a prepared data set: `index.jsonl` and the shards beside it (see packages/lab/src/preprocess)."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

STORED_SIZE = 288
POINTS = 468
POINT_BYTES = POINTS * 2 * 2
FAMILIES = ["face_swap", "reenactment", "synthesis"]
UNKNOWN_FAMILY = 3

cv2.setNumThreads(0)


@dataclass
class Crops:
    """n aligned faces with margin 1.6: `pixels` uint8 n,3,288,288 RGB; `points` float32 n,468,2 in units of the crop."""

    rows: list[dict]
    pixels: torch.Tensor
    points: torch.Tensor

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> np.ndarray:
        return np.array([row[name] for row in self.rows])

    def is_fake(self) -> np.ndarray:
        return self.column("label") == "fake"

    def family(self) -> np.ndarray:
        """Index into FAMILIES; UNKNOWN_FAMILY for a fake of no stated family, -1 for a real face."""
        return np.array(
            [
                -1 if row["label"] == "real" else FAMILIES.index(row["family"]) if row["family"] else UNKNOWN_FAMILY
                for row in self.rows
            ]
        )

    def groups(self) -> np.ndarray:
        """A number per identity: faces of one group are never swapped with each other."""
        names = [f"{row['source']}/{row['identity']}" for row in self.rows]
        return np.unique(names, return_inverse=True)[1]


def load_crops(folders: list[str]) -> Crops:
    """Decodes all crops of the folders into memory, 249 KB each: 40,000 crops take 10 GB."""
    rows, encoded, points = [], [], []
    for folder in map(Path, folders):
        shards: dict[str, tuple[memoryview, np.ndarray]] = {}
        if not (folder / "index.jsonl").exists():
            raise SystemExit(f"{folder} is not prepared: run `unswap dataset preprocess` to its end first.")
        for line in (folder / "index.jsonl").read_text().splitlines():
            row = json.loads(line)
            if row["shard"] not in shards:
                shards[row["shard"]] = read_shard(folder, row["shard"])
            pictures, shard_points = shards[row["shard"]]
            rows.append(row)
            encoded.append(pictures[row["offset"] : row["offset"] + row["bytes"]])
            points.append(shard_points[row["row"]])
    if not rows:
        raise SystemExit(f"No crops in {', '.join(folders)}. Run `unswap dataset preprocess` first.")
    del shards  # each one's bytes go when its last crop is decoded
    pixels = np.empty((len(rows), 3, STORED_SIZE, STORED_SIZE), np.uint8)

    def decode(at: int) -> None:
        picture = cv2.imdecode(np.frombuffer(encoded[at], np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
        if picture.shape[0] != STORED_SIZE:
            # bilinear, as the detector samples small faces; in floats, since OpenCV's own rounding cannot be repeated
            picture = cv2.resize(picture.astype(np.float32), (STORED_SIZE, STORED_SIZE), interpolation=cv2.INTER_LINEAR)
            picture = np.rint(picture).astype(np.uint8)
        pixels[at] = picture.transpose(2, 0, 1)
        encoded[at] = b""

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(decode, range(len(rows)), chunksize=64))
    return Crops(rows, torch.from_numpy(pixels), torch.from_numpy(np.stack(points)))


def read_shard(folder: Path, shard: str) -> tuple[memoryview, np.ndarray]:
    pictures = memoryview((folder / f"{shard}.jpg.bin").read_bytes())
    raw = np.fromfile(folder / f"{shard}.points.bin", "<u2").reshape(-1, POINTS, 2)
    return pictures, raw.astype(np.float32) / 65535 * 2 - 0.5
