"""Another person's face warped onto a face: nearest pose, affine fit, then the residual as a smooth field."""

import torch
import torch.nn.functional as F

from .region import REGIONS
from .warp import apply_affine, blur, grid, upscale_field

# Enough points to fit a face; all of them would only cost time.
FITTED = sorted(set(sum(REGIONS, [])) | set(range(0, 468, 9)))
CELLS = 36


def borrow_faces(pictures, points, groups, rows, poses):
    """For each of `rows`, the face of another group in the batch whose pose is nearest, warped into place.
    `poses` are the points that are compared: those of a whole clip, so that its donor stays the same."""
    fitted, compared = points[:, FITTED], poses[:, FITTED]
    distance = ((compared[rows][:, None] - compared[None]) ** 2).mean((2, 3))
    distance = distance + 1e3 * (groups[rows][:, None] == groups[None]) + torch.rand_like(distance) * 2e-4
    donors = distance.argmin(1)
    affine, residual = fit(fitted[rows], fitted[donors])
    size = pictures.shape[-1]
    field = splat(fitted[rows], residual)
    where = apply_affine(grid(len(rows), size, pictures.device), affine) + upscale_field(field, size)
    return F.grid_sample(pictures[donors], where, padding_mode="reflection", align_corners=False)


def fit(here: torch.Tensor, there: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Least-squares affine B,2,3 from `here` to `there` (0..1 points, grid units), and what it leaves, B,K,2."""
    homogeneous = torch.cat([here * 2 - 1, torch.ones_like(here[..., :1])], -1)
    aim = there * 2 - 1
    affine = torch.linalg.lstsq(homogeneous.float(), aim.float()).solution.transpose(1, 2)
    return affine, (aim - homogeneous @ affine.transpose(1, 2)) / 2


def splat(points: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """Values at scattered points spread into a smooth field B,2,CELLS,CELLS."""
    count, device = len(points), points.device
    cell = (points * CELLS).long().clamp(0, CELLS - 1)
    index = (cell[..., 1] * CELLS + cell[..., 0])[:, None]
    total = torch.zeros(count, 2, CELLS * CELLS, device=device)
    weight = torch.zeros(count, 1, CELLS * CELLS, device=device)
    total.scatter_add_(2, index.expand(-1, 2, -1), values.transpose(1, 2))
    weight.scatter_add_(2, index, torch.ones_like(index, dtype=torch.float))
    sigma = torch.full((count,), 2.0, device=device)
    return blur(total.view(-1, 2, CELLS, CELLS), sigma) / (blur(weight.view(-1, 1, CELLS, CELLS), sigma) + 1e-2)
