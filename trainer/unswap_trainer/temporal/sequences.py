"""Sequences of rows, and the file that `prepare` writes them to."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass
class Sequences:
    """`rows` N,T,D float32 (zero after `lengths` N); `fake` N; `split` N; `kind` N: how it was forged, `labelled` or
    `real`; `about`: the classifier (id, sha256, features) that the rows are of, and the options of `prepare`."""

    rows: np.ndarray
    lengths: np.ndarray
    fake: np.ndarray
    split: np.ndarray
    kind: np.ndarray
    about: dict

    def __len__(self) -> int:
        return len(self.rows)

    def mask(self) -> np.ndarray:
        """N,T: 1 where there is a frame."""
        return (np.arange(self.rows.shape[1])[None] < self.lengths[:, None]).astype(np.float32)

    def of(self, chosen: np.ndarray) -> "Sequences":
        return Sequences(
            self.rows[chosen], self.lengths[chosen], self.fake[chosen], self.split[chosen], self.kind[chosen], self.about
        )

    def mean_logits(self) -> np.ndarray:
        """The classifier's `manipulated` logit, mean over each sequence: what the head must add to."""
        return (self.rows[:, :, 0] * self.mask()).sum(1) / self.lengths


def save(folder: Path, sequences: Sequences) -> None:
    arrays = {name: value for name, value in vars(sequences).items() if name != "about"}
    np.savez_compressed(folder / "sequences.npz", **arrays, about=np.array(json.dumps(sequences.about)))


def load(folder: Path) -> Sequences:
    file = folder / "sequences.npz"
    if not file.exists():
        raise SystemExit(f"There is no {file}: run `python -m unswap_trainer.temporal.prepare` first.")
    stored = np.load(file)
    arrays = {name: stored[name] for name in stored.files}
    return Sequences(**{**arrays, "about": json.loads(str(arrays["about"]))})
