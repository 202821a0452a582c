"""Random series over time, and small movements of pictures together with their points."""

import torch

from ..forge.warp import apply_affine, uniform


def series(clips: int, frames: int, device) -> torch.Tensor:
    """C,T: normal values of unit spread; each clip has its own persistence, from white noise to a slow drift."""
    persistence = torch.where(torch.rand(clips, device=device) < 0.5, uniform(clips, 0, 0.3, device), uniform(clips, 0.6, 0.95, device))
    noise, steps = torch.randn(clips, frames, device=device), []
    for t in range(frames):
        steps.append(noise[:, t] if t == 0 else persistence * steps[-1] + (1 - persistence**2).sqrt() * noise[:, t])
    return torch.stack(steps, 1)


def amplitude(clips: int, share: float, low: float, high: float, device) -> torch.Tensor:
    """C,1: log-uniform between low and high for that share of the clips, 0 for the rest."""
    size = low * (high / low) ** torch.rand(clips, device=device)
    return (size * (torch.rand(clips, device=device) < share))[:, None]


def movement(across, down, turn, scale) -> torch.Tensor:
    """Sampling affines N,2,3 of four N: shifts in units of the side, radians, relative size."""
    cos, sin = torch.cos(turn) * (1 + scale), torch.sin(turn) * (1 + scale)
    return torch.stack([torch.stack([cos, -sin, 2 * across], 1), torch.stack([sin, cos, 2 * down], 1)], 1)


def jitter(clips: int, frames: int, share: float, low: float, high: float, device) -> torch.Tensor:
    """Movements C*T,2,3: shifts of `low` to `high` sides and turns and scales to match, for that share of the clips."""
    size = amplitude(clips, share, low, high, device)
    parts = [series(clips, frames, device) * size for _ in range(4)]
    return movement(*[part.flatten() for part in parts])


def move_points(points: torch.Tensor, affines: torch.Tensor) -> torch.Tensor:
    """Where points N,K,2 (0..1) come to lie in pictures that were sampled through `affines` N,2,3."""
    turned = torch.linalg.inv(affines[:, :, :2])
    inverse = torch.cat([turned, -turned @ affines[:, :, 2:]], 2)
    return (apply_affine((points * 2 - 1)[:, None], inverse)[:, 0] + 1) / 2
