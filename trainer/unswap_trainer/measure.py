"""Early figures while training; `unswap evaluate` gives the ones to quote."""

from collections import defaultdict

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.metrics import roc_auc_score

from .batch import Sampler
from .crops import STORED_SIZE, Crops
from .degrade import STORED_MARGIN
from .outputs import FAMILIES

MARGIN = 1.3
FORGED_BATCHES = 2
FORGED_SEED = 1
FORGED = "val, forged"


def rank_auc(scores: np.ndarray, positive: np.ndarray) -> float:
    """Area under the ROC curve; nan with one class only."""
    return float(roc_auc_score(positive, scores)) if positive.any() and not positive.all() else float("nan")


def canonical_view(pictures: torch.Tensor, size: int) -> torch.Tensor:
    """The crop that the detector would feed: margin 1.3 out of the stored 1.6."""
    side = int(round(STORED_SIZE * MARGIN / STORED_MARGIN))
    at = (STORED_SIZE - side) // 2
    middle = pictures[:, :, at : at + side, at : at + side]
    return F.interpolate(middle, size=(size, size), mode="bilinear", antialias=True, align_corners=False)


@torch.no_grad()
def logits(network, crops: Crops, rows: np.ndarray, size: int, device, autocast) -> np.ndarray:
    """Logits n,4 of the view that the detector feeds."""
    done = []
    for part in np.array_split(rows, max(1, len(rows) // 32)):
        view = canonical_view(crops.pictures(part).to(device).float() / 255, size)
        with autocast():
            scored = network(view)[0]
        done.append(scored.float().cpu().numpy())
    return np.concatenate(done)


def validation_rows(crops: Crops, most: int) -> np.ndarray:
    """Rows of the val split: of every source, label and method at most `most`, spread over its videos. Always the same."""
    inside = np.flatnonzero(crops.column("split") == "val")
    groups: dict[tuple, list[int]] = defaultdict(list)
    for row in inside:
        groups[group_of(crops.rows[row])].append(row)
    chosen = [spread(np.array(rows), most) for rows in groups.values()]
    return np.sort(np.concatenate(chosen)) if chosen else inside


def spread(rows: np.ndarray, most: int) -> np.ndarray:
    """At most so many of the rows, evenly spread."""
    return rows[np.linspace(0, len(rows) - 1, min(most, len(rows))).round().astype(int)]


def group_of(row: dict) -> tuple[str, str]:
    """Source and method; the method of a genuine crop is `genuine`."""
    return row["source"], "genuine" if row["label"] == "real" else row.get("method") or row["family"] or "fake"


def evaluate(network, crops: Crops, rows: np.ndarray, size: int, device, autocast) -> dict[str, dict]:
    """Figures of labelled rows of the val split, of all and of each method beside its source's genuine crops."""
    if not len(rows):
        return {}
    score, fake = logits(network, crops, rows, size, device, autocast)[:, 0], crops.is_fake()[rows]
    figures = {"val": figures_of(score, fake)}
    groups = [group_of(crops.rows[row]) for row in rows]
    for source, method in sorted(set(groups)):
        genuine_only = method == "genuine" and not any(name == source and other != "genuine" for name, other in groups)
        if method != "genuine" or genuine_only:
            own = np.array([group in ((source, method), (source, "genuine")) for group in groups])
            figures[f"val, {source} {method}"] = figures_of(score[own], fake[own])
    return figures


def validation_score(figures: dict[str, dict]) -> float:
    """What the best step is chosen by: mean AUC over labelled methods, less the share of genuine crops above logit 2.
    Where no fake is labelled, the AUC of forgeries; nan without a val split."""
    known = {name: own["auc"] for name, own in figures.items() if own["auc"] is not None}
    labelled = [auc for name, auc in known.items() if name.startswith("val, ") and not name.startswith(FORGED)]
    if labelled:
        return float(np.mean(labelled)) - (figures["val"]["genuine_above_2"] or 0)
    return known.get(FORGED, float("nan"))


@torch.no_grad()
def evaluate_forged(network, sampler: Sampler | None, autoencoders, autocast) -> dict:
    """Figures of forged pairs of faces that the network never saw, the same ones each time, of all families and of each:
    what there is to go by without labelled fakes."""
    if sampler is None:
        return {}
    scores, targets = [], []
    with torch.random.fork_rng([sampler.device] if sampler.device.type == "cuda" else []):
        torch.manual_seed(FORGED_SEED)
        for _ in range(FORGED_BATCHES):
            batch = sampler.batch(autoencoders, autocast)
            with autocast():
                scores.append(network(batch.crops)[0][:, 0].float().cpu().numpy())
            targets.append(batch.targets.cpu().numpy() > 0)
    score, target = np.concatenate(scores), np.concatenate(targets)
    figures = {FORGED: figures_of(score, target[:, 0])}
    for at, family in enumerate(FAMILIES, 1):
        own = target[:, at] | ~target[:, 0]
        if target[:, at].any():
            figures[f"{FORGED} {family}"] = figures_of(score[own], target[own, 0])
    return figures


def figures_of(score: np.ndarray, fake: np.ndarray) -> dict:
    """AUC, share of reals over logit 0, share of fakes under it; None where a label is missing."""
    both = fake.any() and (~fake).any()
    return {
        "crops": len(score),
        "auc": round(rank_auc(score, fake), 4) if both else None,
        "genuine_above_2": round(float((score[~fake] > 2).mean()), 4) if (~fake).any() else None,
        "false_positive_rate": round(float((score[~fake] > 0).mean()), 4) if (~fake).any() else None,
        "false_negative_rate": round(float((score[fake] <= 0).mean()), 4) if fake.any() else None,
    }
