"""Which crops a batch is drawn from: how often each row comes, and which genuine crop a labelled fake stands beside."""

from collections import defaultdict

import numpy as np
import torch

from .crops import Crops

# A wrong label has a large loss for ever: it is not to be drawn for ever.
MOST_HARD = 3.0


def row_weights(crops: Crops, chosen: np.ndarray, balance: float, shares: dict[str, float] | None = None) -> np.ndarray:
    """Weight of each row, 0 outside `chosen`. A source's share grows with its videos to the power of `balance`;
    inside a source every video counts alike, and so do the frames of a video. `shares`: factors of named sources."""
    source, video = crops.column("source"), crops.column("video")
    weight = np.zeros(len(crops))
    for name in set(source[chosen]):
        inside = np.flatnonzero(chosen & (source == name))
        _, number, frames = np.unique(video[inside], return_inverse=True, return_counts=True)
        videos = len(frames)
        weight[inside] = (shares or {}).get(name, 1) * videos ** (balance - 1) / frames[number]
    return weight


class Pool:
    """Rows that can be drawn, with their weights. `hard`: how much oftener rows of large loss come, 0 for not at all."""

    def __init__(self, weight: np.ndarray, hard: float = 0.0):
        rows = np.flatnonzero(weight)
        self.rows, self.weight, self.hard = torch.tensor(rows), torch.tensor(weight[rows]).float(), hard
        self.loss = torch.ones(len(rows))
        self.place = torch.full((len(weight),), -1)
        self.place[self.rows] = torch.arange(len(rows))

    def __len__(self) -> int:
        return len(self.rows)

    def draw(self, count: int) -> torch.Tensor:
        weight = self.weight * (1 + self.hard * (self.loss - 1)).clamp_min(0.1) if self.hard else self.weight
        return self.rows[torch.multinomial(weight, count, True)]

    def learn(self, rows: torch.Tensor, loss: torch.Tensor) -> None:
        """Remembers the losses of rows that were drawn, in units of their mean, at most MOST_HARD of it."""
        places = self.place[rows]
        inside = places >= 0
        relative = (loss / loss.mean().clamp_min(1e-6)).clamp_max(MOST_HARD)
        self.loss[places[inside]] = 0.5 * self.loss[places[inside]] + 0.5 * relative[inside]

    def state_dict(self) -> dict:
        return {"rows": self.rows, "loss": self.loss}

    def load_state_dict(self, saved: dict) -> None:
        """Of other data than before nothing is known yet."""
        if torch.equal(saved["rows"], self.rows):
            self.loss = saved["loss"]


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

    def another_moment(self, real: int) -> int:
        """Another genuine crop of the same person, the crop itself where there is none."""
        same = [
            row
            for row in self.of_target[self.source[real], self.identity[real]]
            if self.seconds[row] != self.seconds[real]
        ]
        return same[torch.randint(len(same), (1,)).item()] if same else real
