"""Reads a prepared data set: `index.jsonl` and the shards beside it (see packages/lab/src/preprocess).

Crops stay JPEG on disk and are decoded for each batch (1 ms each), so that memory does not grow with the data.
"""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from .outputs import FAMILIES, UNKNOWN_FAMILY

STORED_SIZE = 288
POINTS = 468
POINT_BYTES = POINTS * 2 * 2
# What data sets without a reader of their own are called in an index.
GENERIC_SOURCES = ("csv", "folders")

cv2.setNumThreads(0)
DECODERS = ThreadPoolExecutor(os.cpu_count())


@dataclass
class Crops:
    """n aligned faces with margin 1.6; `points` float32 n,468,2 in units of the crop; `encoded`: JPEG bytes of each."""

    rows: list[dict]
    encoded: list[np.ndarray]
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


    @property
    def pixels(self) -> torch.Tensor:
        """All crops decoded, uint8 n,3,288,288: of small sets alone, 249 KB a crop."""
        return self.pictures(range(len(self)))

    def pictures(self, chosen) -> torch.Tensor:
        """Row numbers (any sequence of n) → uint8 n,3,288,288 RGB."""
        chosen = np.asarray(chosen)
        pixels = np.empty((len(chosen), 3, STORED_SIZE, STORED_SIZE), np.uint8)

        def fill(at: int) -> None:
            pixels[at] = decode(self.encoded[chosen[at]])

        list(DECODERS.map(fill, range(len(chosen))))
        return torch.from_numpy(pixels)


def decode(encoded: np.ndarray) -> np.ndarray:
    """One JPEG → uint8 3,288,288 RGB."""
    picture = cv2.imdecode(encoded, cv2.IMREAD_COLOR)[..., ::-1]
    if picture.shape[0] != STORED_SIZE:
        # bilinear, as the detector samples small faces; in floats, since OpenCV's own rounding cannot be repeated
        picture = cv2.resize(picture.astype(np.float32), (STORED_SIZE, STORED_SIZE), interpolation=cv2.INTER_LINEAR)
        picture = np.rint(picture).astype(np.uint8)
    return picture.transpose(2, 0, 1)


def load_crops(folders: list[str]) -> Crops:
    """Reads indexes and points of all folders. Pictures are mapped, not read: 2 KB of memory a crop."""
    rows, encoded, points = [], [], []
    for folder in map(Path, folders):
        shards: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        first = len(rows)
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
        tell_sources_apart(rows[first:], folder)
    if not rows:
        raise SystemExit(f"No crops in {', '.join(folders)}. Run `unswap dataset preprocess` first.")
    return Crops(rows, encoded, torch.from_numpy(np.stack(points)))


def read_shard(folder: Path, shard: str) -> tuple[np.ndarray, np.ndarray]:
    pictures = np.memmap(folder / f"{shard}.jpg.bin", np.uint8, "r")
    raw = np.fromfile(folder / f"{shard}.points.bin", "<u2").reshape(-1, POINTS, 2)
    return pictures, raw.astype(np.float32) / 65535 * 2 - 0.5


def tell_sources_apart(rows: list[dict], folder: Path) -> None:
    """Generic sources take the folder's name: ten sets read from CSVs are ten sources, not one."""
    for row in rows:
        if row["source"] in GENERIC_SOURCES:
            row["source"] = folder.name
