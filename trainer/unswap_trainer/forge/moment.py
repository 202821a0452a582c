"""Reenactment from the same person at another moment: the head is laid over, the expression stays the other's."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from .swap import fit, splat
from .warp import apply_affine, grid, upscale_field

# Mesh points that an expression hardly moves: forehead, temples, nose bridge, eye corners, upper cheeks.
STABLE = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 234, 127, 162, 21, 54, 103, 67, 109, 168, 6, 197, 195, 5, 4, 98, 327,
    33, 133, 362, 263, 117, 346, 123, 352,
]  # fmt: skip


@dataclass
class Moments:
    """For each face another frame of its person: `pictures` B,3,H,H; `points` B,468,2; `known` B: whether there is one."""

    pictures: torch.Tensor
    points: torch.Tensor
    known: torch.Tensor


def lay_over(points: torch.Tensor, pictures: torch.Tensor, their_points: torch.Tensor) -> torch.Tensor:
    """`pictures` B,3,H,H moved so that their stable points lie on those of `points` B,468,2; the mouth keeps its shape."""
    here, there = points[:, STABLE], their_points[:, STABLE]
    affine, residual = fit(here, there)
    size = pictures.shape[-1]
    where = apply_affine(grid(len(pictures), size, pictures.device), affine) + upscale_field(
        splat(here, residual), size
    )
    return F.grid_sample(pictures, where, padding_mode="reflection", align_corners=False)
