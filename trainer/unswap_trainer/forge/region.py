"""Which part of the face a forgery replaces: polygons of mesh points, jittered, rasterised and softened."""

import torch
import torch.nn.functional as F

from .warp import blur, pick, smooth_field, uniform, warp

# Points of the 468-point face mesh, in order around each region.
WHOLE_FACE = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
]
BELOW_BROWS = [
    70, 63, 105, 66, 107, 336, 296, 334, 293, 300, 356, 454, 323, 361, 288, 397, 365, 379, 378,
    400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127,
]
LOWER_HALF = [
    6, 351, 280, 352, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 123, 50, 122,
]
MOUTH = [164, 393, 391, 322, 410, 432, 422, 424, 418, 421, 200, 201, 194, 204, 202, 212, 186, 92, 165, 167]
EYES = [
    9, 336, 296, 334, 293, 300, 383, 372, 340, 346, 347, 348, 349, 6, 120, 119, 118, 117, 111, 143, 156, 70, 63, 105, 66, 107,
]
INNER_FACE = [107, 336, 300, 383, 345, 411, 432, 430, 369, 175, 140, 210, 212, 187, 116, 156, 70]
REGIONS = [WHOLE_FACE, BELOW_BROWS, LOWER_HALF, MOUTH, EYES, INNER_FACE]

MASK_SIZE = 144


def rasterise(polygons: torch.Tensor, size: int) -> torch.Tensor:
    """Polygons B,K,2 in 0..1 → B,1,size,size, filled by the even-odd rule."""
    centres = (torch.arange(size, device=polygons.device) + 0.5) / size
    x1, y1 = polygons[..., 0], polygons[..., 1]
    x2, y2 = x1.roll(-1, 1), y1.roll(-1, 1)
    y = centres.view(1, size, 1)
    crosses = (y1[:, None] > y) != (y2[:, None] > y)
    x = x1[:, None] + (y - y1[:, None]) * (x2 - x1)[:, None] / ((y2 - y1)[:, None] + 1e-9)
    x = torch.where(crosses, x, torch.full_like(x, 9.0))
    return ((centres.view(1, 1, size, 1) < x[:, :, None, :]) & crosses[:, :, None, :]).sum(-1).remainder(2).float()[:, None]


def region_masks(points: torch.Tensor, which: torch.Tensor, jitter: float = 0.012) -> torch.Tensor:
    """points B,468,2 in 0..1; which B indexes REGIONS → hard masks B,1,MASK_SIZE,MASK_SIZE."""
    masks = torch.zeros(len(points), 1, MASK_SIZE, MASK_SIZE, device=points.device)
    for index, region in enumerate(REGIONS):
        rows = (which == index).nonzero().flatten()
        if len(rows):
            corners = points[rows][:, region]
            masks[rows] = rasterise(corners + torch.randn_like(corners) * jitter, MASK_SIZE)
    return masks


def soften(masks: torch.Tensor, size: int) -> torch.Tensor:
    """Elastic deformation, growth or shrinkage and a feathered edge, all random → B,1,size,size."""
    count, device = len(masks), masks.device
    masks = warp(masks, smooth_field(uniform(count, 0, 0.03, device), 8), padding="zeros")
    masks = blur(masks, uniform(count, 0.5, 5, device))
    masks = ((masks - pick(uniform(count, 0.2, 0.8, device))) * 12).sigmoid()
    masks = blur(masks, uniform(count, 0.4, 7, device))
    masks = masks / masks.amax((2, 3), keepdim=True).clamp_min(1e-3)
    return F.interpolate(masks, size=(size, size), mode="bilinear")
