"""What the head reads of one frame: a row of numbers. packages/detector/src/temporal/row.ts builds the same row.

    0-3    logits: manipulated, face_swap, reenactment, synthesis
    4-52   manipulation map: mean probability of 7×7 fields, row by row
    53-55  mean RGB inside the face, 56-58 around it
    59     change of the mesh's shape since the row before (0 in the first): Procrustes residual, share of its size
    60     log(1 + seconds since the row before) (0 in the first)
    61     log2(side of the crop in pixels of the frame / 224)
    62-    the classifier's features, where it gives them
"""

import numpy as np
import torch

from ..forge.region import WHOLE_FACE, rasterise

FIELDS = 7
# Columns of the frame itself; those before and after are the classifier's.
FRAME = slice(53, 62)
CHANGE, GAP = 59, 60
WIDTH = FRAME.stop
CELLS = 28
# Outlines of packages/detector/src/faces/regions.ts: what lies in none of them is around the face.
MOUTH = [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146]
NOSE = [168, 417, 465, 412, 399, 437, 355, 358, 327, 326, 2, 97, 98, 129, 126, 217, 174, 188, 245, 193]
RIGHT_EYE = [156, 70, 63, 105, 66, 107, 55, 193, 244, 233, 232, 231, 230, 229, 228, 31, 226]
LEFT_EYE = [383, 300, 293, 334, 296, 336, 285, 417, 464, 453, 452, 451, 450, 449, 448, 261, 446]
OUTLINES = [WHOLE_FACE, MOUTH, NOSE, RIGHT_EYE, LEFT_EYE]


def make_rows(scores: dict[str, np.ndarray], views: torch.Tensor, points: torch.Tensor, seconds, sides) -> np.ndarray:
    """Rows T,WIDTH(+features) of one clip. `scores` as of `Classifier`; views T,3,S,S in 0..1; points T,468,2 in 0..1 of
    the view; seconds T; sides T: of the crop with margin 1.3, in pixels of the frame."""
    frames, seconds = len(views), np.asarray(seconds, np.float64)
    probabilities = 1 / (1 + np.exp(-scores["map"].astype(np.float64)))
    cells = probabilities.shape[-1] // FIELDS
    fields = probabilities.reshape(frames, FIELDS, cells, FIELDS, cells).mean((2, 4)).reshape(frames, -1)
    inside, around = colours(views, points)
    changes = [0.0] + [shape_change(points[t - 1], points[t]) for t in range(1, frames)]
    gaps = np.log1p(np.diff(seconds, prepend=seconds[0]))
    detail = np.log2(np.asarray(sides, np.float64) / 224)
    single = np.stack([changes, gaps, detail], 1)
    return np.concatenate([scores["logits"], fields, inside, around, single, scores["features"]], 1).astype(np.float32)


def colours(views: torch.Tensor, points: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Mean colour T,3 inside and around the face, of the pixels at the middle of CELLS×CELLS cells; black of nothing."""
    size = views.shape[-1]
    at = (torch.arange(CELLS, device=views.device) + 0.5) * size / CELLS
    pixels = views[:, :, at.long()][:, :, :, at.long()].double()
    outlines = [rasterise(points[:, outline].double(), CELLS) for outline in OUTLINES]
    face = torch.stack(outlines).amax(0).double()

    def mean(mask):
        return ((pixels * mask).sum((2, 3)) / mask.sum((2, 3)).clamp_min(1)).cpu().numpy()

    return mean(face), mean(1 - face)


def shape_change(before: torch.Tensor, after: torch.Tensor) -> float:
    """Root of what the best move, turn and scale of `before` (K,2) leaves of `after`, over `after`'s own spread."""
    a, b = (points.double() - points.double().mean(0) for points in (before, after))
    other, own = (b**2).sum(), (a**2).sum()
    dot, cross = (a * b).sum(), (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()
    return float(((other - (dot**2 + cross**2) / own).clamp_min(0) / other).sqrt())
