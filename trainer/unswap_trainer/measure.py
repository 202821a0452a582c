"""Early figures while training; `unswap evaluate` gives the ones to quote."""

import numpy as np
import torch
import torch.nn.functional as F

from .crops import STORED_SIZE, Crops
from .degrade import STORED_MARGIN

MARGIN = 1.3


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
    """Per split other than train: AUC, share of reals over logit 0, share of fakes under it."""
    split, fake, figures = crops.column("split"), crops.is_fake(), {}
    for name in sorted(set(split) - {"train"}):
        rows = np.flatnonzero(split == name)
        score = logits(network, crops, rows, size, device, autocast)[:, 0]
        positive = fake[rows]
        figures[name] = {
            "crops": len(rows),
            "auc": round(rank_auc(score, positive), 4),
            "false_positive_rate": round(float((score[~positive] > 0).mean()), 4) if (~positive).any() else None,
            "false_negative_rate": round(float((score[positive] <= 0).mean()), 4) if positive.any() else None,
        }
    return figures
