"""Which crops a batch is drawn from: how often each row comes, and which genuine crop a labelled fake stands beside."""

from collections import defaultdict

import numpy as np
import torch

from .crops import Crops


def row_weights(crops: Crops, chosen: np.ndarray, balance: float, shares: dict[str, float] = {}) -> np.ndarray:
    """Weight of each row, 0 outside `chosen`. A source's share grows with its videos to the power of `balance`;
    inside a source every video counts alike, and so do the frames of a video. `shares`: factors of named sources."""
    source, video = crops.column("source"), crops.column("video")
    weight = np.zeros(len(crops))
    for name in set(source[chosen]):
        inside = np.flatnonzero(chosen & (source == name))
        _, number, frames = np.unique(video[inside], return_inverse=True, return_counts=True)
        videos = len(frames)
        weight[inside] = shares.get(name, 1) * videos ** (balance - 1) / frames[number]
    return weight


class Pool:
    """Rows that can be drawn, with their weights."""

    def __init__(self, weight: np.ndarray):
        rows = np.flatnonzero(weight)
        self.rows, self.weight = torch.tensor(rows), torch.tensor(weight[rows]).float()

    def __len__(self) -> int:
        return len(self.rows)

    def draw(self, count: int) -> torch.Tensor:
        return self.rows[torch.multinomial(self.weight, count, True)]


class Partners:
    """The genuine crop that a labelled fake is shown beside: same target and moment, else same target, else same source.

    Another source's would make the data set the label; another person's teaches faces instead of forgeries.
    """

    def __init__(self, crops: Crops, genuine: np.ndarray):
        self.source, self.identity = crops.column("source"), crops.column("identity")
        self.seconds = np.array([row.get("seconds") or 0.0 for row in crops.rows])
        self.of_target: dict[tuple, list[int]] = defaultdict(list)
        self.of_source: dict[str, list[int]] = defaultdict(list)
        for row in np.flatnonzero(genuine):
            self.of_target[self.source[row], self.identity[row]].append(row)
            self.of_source[self.source[row]].append(row)

    def of(self, fake: int) -> int:
        same = self.of_target.get((self.source[fake], self.identity[fake]))
        if not same:
            others = self.of_source[self.source[fake]]
            return others[torch.randint(len(others), (1,)).item()]
        away = np.abs(self.seconds[same] - self.seconds[fake])
        near = np.flatnonzero(away <= away.min() + 1e-6)
        return same[near[torch.randint(len(near), (1,)).item()]]
