"""Clips: the crops of one video in order of time."""

from dataclasses import dataclass

import numpy as np
import torch

from ..crops import Crops

FEWEST_FRAMES = 4


@dataclass
class Clip:
    """`rows` index the crops. A clip is of one person; `group` numbers the identity."""

    rows: np.ndarray
    fake: bool
    source: str
    split: str
    group: int


def find_clips(crops: Crops) -> list[Clip]:
    """Videos of at least FEWEST_FRAMES crops. Of several faces in one frame the largest is kept."""
    videos: dict[tuple, dict[float, int]] = {}
    for at, row in enumerate(crops.rows):
        frames = videos.setdefault((row["source"], row["path"], row["label"]), {})
        other = frames.get(row["seconds"])
        if other is None or crops.rows[other]["quality"]["side"] < row["quality"]["side"]:
            frames[row["seconds"]] = at
    groups, clips = crops.groups(), []
    for (source, _, label), frames in videos.items():
        if len(frames) >= FEWEST_FRAMES:
            rows = np.array([frames[seconds] for seconds in sorted(frames)])
            clips.append(Clip(rows, label == "fake", source, crops.rows[rows[0]]["split"], int(groups[rows[0]])))
    return clips


def draw_rows(clip: Clip, longest: int, generator: np.random.Generator) -> np.ndarray:
    """At most `longest` frames: a stretch of neighbours or frames spread over the whole, as a video may be sampled."""
    count = min(len(clip.rows), longest)
    if generator.random() < 0.3:
        count = int(generator.integers(FEWEST_FRAMES, count + 1))
    if generator.random() < 0.5:
        start = generator.integers(0, len(clip.rows) - count + 1)
        return clip.rows[start : start + count]
    return clip.rows[np.sort(generator.choice(len(clip.rows), count, replace=False))]


def padded(all_rows: list[np.ndarray]) -> np.ndarray:
    """Clips × frames; shorter clips repeat their last frame."""
    frames = max(len(rows) for rows in all_rows)
    return np.stack([np.r_[rows, np.full(frames - len(rows), rows[-1])] for rows in all_rows])


def pictures_of(crops: Crops, rows: np.ndarray, device) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures C,T,3,288,288 in 0..1 and points C,T,468,2 in units of the stored crop."""
    flat = torch.from_numpy(rows).flatten()
    pictures = crops.pictures(flat).to(device).float() / 255
    return pictures.unflatten(0, rows.shape), crops.points[flat].to(device).unflatten(0, rows.shape)
