"""Logits of exported files on prepared crops, kept on disk so that the next comparison scores new files alone."""

import hashlib
from pathlib import Path

import numpy as np
import onnxruntime

from .crops import Crops
from .measure import canonical_view, spread

BATCH = 16


def spread_rows(crops: Crops, split: str | None, frames: int) -> np.ndarray:
    """At most `frames` rows of each file of a split (None: of all), evenly spread in time."""
    files: dict[tuple, list[int]] = {}
    for at, row in enumerate(crops.rows):
        if split is None or row["split"] == split:
            files.setdefault((row["source"], row["path"]), []).append(at)
    chosen = [spread(np.array(own), frames) for own in files.values()]
    return np.concatenate(chosen) if chosen else np.array([], int)


def manipulated_logits(model: Path, crops: Crops, rows: np.ndarray, size: int, cache: Path | None = None) -> np.ndarray:
    """Logit `manipulated` of each row, n."""
    kept = cache / f"{fingerprint(model, crops, rows)}.npy" if cache else None
    if kept and kept.exists():
        return np.load(kept)
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    done = []
    for part in np.array_split(rows, max(1, len(rows) // BATCH)):
        view = canonical_view(crops.pictures(part).float() / 255, size).numpy()
        done.append(session.run(["logits"], {"crops": view})[0][:, 0])
    logits = np.concatenate(done)
    if kept:
        cache.mkdir(parents=True, exist_ok=True)
        np.save(kept, logits)
    return logits


def fingerprint(model: Path, crops: Crops, rows: np.ndarray) -> str:
    """Of the file's bytes and of which crops are scored."""
    names = "\n".join(
        f"{crops.rows[row]['source']}/{crops.rows[row]['path']}/{crops.rows[row]['hash']}" for row in rows
    )
    return hashlib.sha256(model.read_bytes() + names.encode()).hexdigest()[:24]
