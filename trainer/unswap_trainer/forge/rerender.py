"""What a rendered face goes through before it is shown: generators and apps resample, denoise and sharpen."""

import torch

from .warp import blur, pick, rescale, uniform


def rework(rendered: torch.Tensor) -> torch.Tensor:
    """Each of the three by chance, on pictures B,3,H,H in 0..1 that a network rendered. Genuine ones never come here:
    what marks them is the rendering, which these steps hide."""
    resampled, smoothed, sharpened = (torch.rand(3, len(rendered), device=rendered.device) < 0.5).unbind()
    x = rendered
    if resampled.any():
        x = torch.where(pick(resampled), rescale(x, 0.35, 0.9), x)
    x = torch.where(pick(smoothed), denoise(x), x)
    return torch.where(pick(sharpened), sharpen(x), x).clamp(0, 1)


def denoise(x: torch.Tensor) -> torch.Tensor:
    """Flat parts become flatter, edges stay: the blurred picture where it is near the sharp one."""
    soft = blur(x, uniform(len(x), 0.8, 2.5, x.device))
    reach = pick(uniform(len(x), 0.02, 0.08, x.device))
    near = torch.exp(-(((x - soft) / reach) ** 2).mean(1, keepdim=True))
    return near * soft + (1 - near) * x


def sharpen(x: torch.Tensor) -> torch.Tensor:
    detail = x - blur(x, uniform(len(x), 0.6, 1.5, x.device))
    return x + detail * pick(uniform(len(x), 0.3, 1.5, x.device))
