"""What happens to honest clips too: exposure and colour drift, lamps that flicker, focus, camera noise, uneven
compression, frames shown twice. Drawn once per pair of clips, so that none of it can stand in for the label."""

import torch

from ..degrade import spoil
from ..forge.warp import blur, pick, warp
from ..jpeg import jpeg
from .forge import late
from .motion import amplitude, jitter, move_points, series


@torch.no_grad()
def degrade_clips(pictures: torch.Tensor, points: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """pictures P,2,T,3,S,S: each clip and its counterpart; points P,2,T,468,2 in 0..1 → the same, degraded."""
    pairs, sides, frames = pictures.shape[:3]
    device, shape = pictures.device, pictures.shape[:3]

    def alike(values: torch.Tensor) -> torch.Tensor:
        """Values per pair and frame, P*T,…, for every row P*2*T,…"""
        return values.unflatten(0, (pairs, frames))[:, None].expand(-1, sides, *[-1] * values.ndim).flatten(0, 2)

    def drawn(share, low, high) -> torch.Tensor:
        return (amplitude(pairs, share, low, high, device) * series(pairs, frames, device)).flatten()

    x, found = pictures.flatten(0, 2), points.flatten(0, 2)
    repeated = late(pairs, frames, 0.15, device).view(pairs, 1, frames) - torch.arange(pairs, device=device).view(-1, 1, 1) * frames
    first = torch.arange(pairs * sides, device=device).view(pairs, sides, 1) * frames
    rows = (first + repeated).flatten()
    x, found = x[rows], found[rows]

    unsteady = alike(jitter(pairs, frames, 0.5, 0.0005, 0.004, device))
    x, found = warp(x, affine=unsteady), move_points(found, unsteady)
    unsure = amplitude(pairs, 0.4, 0.0003, 0.002, device).expand(-1, frames).flatten()
    found = found + torch.randn_like(found) * alike(unsure).view(-1, 1, 1)

    gain = drawn(0.5, 0.01, 0.2) + drawn(0.25, 0.005, 0.05)
    tint = torch.stack([drawn(0.3, 0.004, 0.04) for _ in range(3)], 1)
    x = (x * torch.exp(pick(alike(gain)) + alike(tint)[..., None, None])).clamp(0, 1)
    focus = alike(drawn(0.2, 0.2, 0.9).abs())
    if focus.max() > 0:
        x = torch.where(pick(focus > 0.1), blur(x, focus.clamp_min(0.1)), x)
    grain = alike(amplitude(pairs, 0.5, 0.003, 0.03, device).expand(-1, frames).flatten())
    x = (x + torch.randn_like(x) * pick(grain)).clamp(0, 1)

    pair = torch.arange(pairs, device=device).repeat_interleave(sides * frames)
    x = spoil(x, pair)
    coarse = torch.rand(pairs, device=device) < 0.6
    middle = (30 + 60 * torch.rand(pairs, device=device)).repeat_interleave(frames)
    quality = alike((middle + drawn(0.8, 2, 15)).clamp(8, 98))
    x = torch.where(pick(coarse[pair]), jpeg(x, quality), x)
    return x.unflatten(0, shape), found.unflatten(0, shape)
