"""Early figures while training; `unswap evaluate` gives the ones to quote."""

import numpy as np
import torch
import torch.nn.functional as F

from .batch import Sampler
from .crops import FAMILIES, STORED_SIZE, Crops
from .degrade import STORED_MARGIN

MARGIN = 1.3
FORGED_BATCHES = 2
FORGED_SEED = 1


def rank_auc(scores: np.ndarray, positive: np.ndarray) -> float:
    """Area under the ROC curve by the rank-sum statistic, ties at half; nan with one class only."""
    ones, zeros = int(positive.sum()), int((~positive).sum())
    if not ones or not zeros:
        return float("nan")
    order = np.argsort(scores, kind="stable")
    sorted_scores = scores[order]
    ranks = np.empty(len(scores))
    first = np.r_[True, sorted_scores[1:] != sorted_scores[:-1]]
    start = np.flatnonzero(first)
    end = np.r_[start[1:], len(scores)]
    ranks[order] = np.repeat((start + end + 1) / 2, end - start)
    return float((ranks[positive].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def canonical_view(pictures: torch.Tensor, size: int) -> torch.Tensor:
    """The crop that the detector would feed: margin 1.3 out of the stored 1.6."""
    side = int(round(STORED_SIZE * MARGIN / STORED_MARGIN))
    at = (STORED_SIZE - side) // 2
    middle = pictures[:, :, at : at + side, at : at + side]
    return F.interpolate(middle, size=(size, size), mode="bilinear", antialias=True, align_corners=False)


@torch.no_grad()
def logits(network, crops: Crops, rows: np.ndarray, size: int, device, autocast) -> np.ndarray:
    """Logits n,4, averaged with the mirrored crop's."""
    done = []
    for part in np.array_split(rows, max(1, len(rows) // 128)):
        view = canonical_view(crops.pixels[torch.from_numpy(part)].to(device).float() / 255, size)
        with autocast():
            both = (network(view)[0] + network(view.flip(3))[0]) / 2
        done.append(both.float().cpu().numpy())
    return np.concatenate(done)


def evaluate(network, crops: Crops, size: int, device, autocast) -> dict:
    """Figures of the labelled crops of the val split; the test split is for the end. Empty where there is no val."""
    rows = np.flatnonzero(crops.column("split") == "val")
    if not len(rows):
        return {}
    return {"val": figures_of(logits(network, crops, rows, size, device, autocast)[:, 0], crops.is_fake()[rows])}


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
    figures = {"val, forged": figures_of(score, target[:, 0])}
    for at, family in enumerate(FAMILIES, 1):
        own = target[:, at] | ~target[:, 0]
        if target[:, at].any():
            figures[f"val, forged {family}"] = figures_of(score[own], target[own, 0])
    return figures


def figures_of(score: np.ndarray, fake: np.ndarray) -> dict:
    """AUC, share of reals over logit 0, share of fakes under it; None where a label is missing."""
    both = fake.any() and (~fake).any()
    return {
        "crops": len(score),
        "auc": round(rank_auc(score, fake), 4) if both else None,
        "false_positive_rate": round(float((score[~fake] > 0).mean()), 4) if (~fake).any() else None,
        "false_negative_rate": round(float((score[fake] <= 0).mean()), 4) if fake.any() else None,
    }
