"""Colour: jitter, grey, matching the statistics of one picture to another's inside a mask."""

import torch
import torch.nn.functional as F

from .warp import pick

LUMA = (0.299, 0.587, 0.114)
YIQ_I = (0.596, -0.274, -0.322)
YIQ_Q = (0.211, -0.523, 0.312)


def mix(pictures: torch.Tensor, weights: tuple[float, float, float]) -> torch.Tensor:
    return (pictures * torch.tensor(weights, device=pictures.device).view(1, 3, 1, 1)).sum(1, keepdim=True)


def grey(pictures: torch.Tensor) -> torch.Tensor:
    return mix(pictures, LUMA).expand(-1, 3, -1, -1)


def jitter(pictures: torch.Tensor, strength: torch.Tensor) -> torch.Tensor:
    """Random shift, contrast, brightness, saturation, hue and gamma; strength B scales them all."""

    def amount(reach: float) -> torch.Tensor:
        return (torch.rand(len(pictures), 1, 1, 1, device=pictures.device) * 2 - 1) * reach * pick(strength)

    x = pictures + torch.cat([amount(0.08), amount(0.08), amount(0.08)], 1)
    mean = x.mean((1, 2, 3), keepdim=True)
    x = (x - mean) * (1 + amount(0.25)) + mean + amount(0.12)
    luma = mix(x, LUMA)
    x = luma + (x - luma) * (1 + amount(0.35))
    turn = amount(0.12)
    cos, sin = torch.cos(turn), torch.sin(turn)
    luma, i, q = mix(x, LUMA), mix(x, YIQ_I), mix(x, YIQ_Q)
    i, q = cos * i - sin * q, sin * i + cos * q
    x = torch.cat([luma + 0.956 * i + 0.621 * q, luma - 0.272 * i - 0.647 * q, luma - 1.106 * i + 1.703 * q], 1)
    return x.clamp(1e-4, 1).pow(torch.exp(amount(0.25)))


def match(source: torch.Tensor, target: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Source with the target's mean and spread per channel inside the mask (Reinhard et al. 2001, in RGB)."""
    weights = F.interpolate(mask, size=(72, 72))

    def statistics(pictures):
        small = F.interpolate(pictures, size=(72, 72), mode="area")
        share = weights / (weights.sum((2, 3), keepdim=True) + 1e-3)
        mean = (small * share).sum((2, 3), keepdim=True)
        spread = ((small - mean) ** 2 * share).sum((2, 3), keepdim=True).clamp_min(1e-5).sqrt()
        return mean, spread

    (mean_s, spread_s), (mean_t, spread_t) = statistics(source), statistics(target)
    return ((source - mean_s) * (spread_t / spread_s).clamp(0.6, 1.6) + mean_t).clamp(0, 1)
