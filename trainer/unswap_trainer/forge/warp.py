"""Geometry: sampling grids, affine and smooth random displacement, blur, rescaling."""

import math

import torch
import torch.nn.functional as F


def uniform(count: int, low: float, high: float, device) -> torch.Tensor:
    return torch.rand(count, device=device) * (high - low) + low


def pick(values: torch.Tensor) -> torch.Tensor:
    """B → B,1,1,1 for broadcasting over pictures."""
    return values.view(-1, 1, 1, 1)


def grid(count: int, size: int, device) -> torch.Tensor:
    """Identity grid B,size,size,2 in -1..1 (pixel centres, align_corners=False)."""
    axis = (torch.arange(size, device=device) + 0.5) / size * 2 - 1
    return torch.stack(torch.meshgrid(axis, axis, indexing="xy"), -1)[None].expand(count, -1, -1, -1)


def apply_affine(points: torch.Tensor, affine: torch.Tensor) -> torch.Tensor:
    """points B,h,w,2 through affine B,2,3."""
    return torch.einsum("bhwi,bji->bhwj", points, affine[:, :, :2]) + affine[:, None, None, :, 2]


def upscale_field(field: torch.Tensor, size: int) -> torch.Tensor:
    """Displacement B,2,h,w in units of the picture's side → B,size,size,2 in grid units."""
    return 2 * F.interpolate(field, size=(size, size), mode="bilinear", align_corners=False).permute(0, 2, 3, 1)


def warp(pictures, field=None, affine=None, padding="reflection"):
    where = grid(len(pictures), pictures.shape[-1], pictures.device)
    if affine is not None:
        where = apply_affine(where, affine)
    if field is not None:
        where = where + upscale_field(field, pictures.shape[-1])
    return F.grid_sample(pictures, where, padding_mode=padding, align_corners=False)


def smooth_field(amplitude: torch.Tensor, cells: int) -> torch.Tensor:
    """Random smooth displacement, B,2,72,72; amplitude B in units of the picture's side."""
    noise = torch.rand(len(amplitude), 2, cells, cells, device=amplitude.device) * 2 - 1
    return F.interpolate(noise * pick(amplitude), size=(72, 72), mode="bicubic", align_corners=False)


def small_affine(count: int, device, shift=0.03, scale=0.06, angle=0.03) -> torch.Tensor:
    turn = uniform(count, -angle, angle, device)
    wide = 1 + uniform(count, -scale, scale, device)
    high = wide * (1 + uniform(count, -0.02, 0.02, device))
    cos, sin = torch.cos(turn), torch.sin(turn)
    across = uniform(count, -shift, shift, device) * 2
    down = uniform(count, -shift, shift, device) * 2
    return torch.stack([torch.stack([cos * wide, -sin * high, across], 1), torch.stack([sin * wide, cos * high, down], 1)], 1)


def blur(pictures: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    """Separable Gaussian blur, a sigma (B, in pixels) per picture."""
    count, channels, height, width = pictures.shape
    reach = min(max(1, math.ceil(2.5 * float(sigma.max()))), height // 2 - 1)
    steps = torch.arange(-reach, reach + 1, device=pictures.device).float()
    kernel = torch.exp(-(steps[None] ** 2) / (2 * sigma.clamp_min(1e-3)[:, None] ** 2))
    kernel = (kernel / kernel.sum(1, keepdim=True)).repeat_interleave(channels, 0)
    flat = pictures.reshape(1, count * channels, height, width)
    flat = F.conv2d(F.pad(flat, (reach, reach, 0, 0), mode="reflect"), kernel[:, None, None, :], groups=count * channels)
    flat = F.conv2d(F.pad(flat, (0, 0, reach, reach), mode="reflect"), kernel[:, None, :, None], groups=count * channels)
    return flat.reshape(count, channels, height, width)


def rescale(pictures: torch.Tensor, low: float, high: float) -> torch.Tensor:
    """Shrinks by a random factor and enlarges again, with random kernels; up to 8 factors a batch."""
    size, done = pictures.shape[-1], []
    for part in pictures.chunk(8):
        small = max(16, int(size * (low + (high - low) * torch.rand(1).item())))
        mode = ["bilinear", "bicubic", "nearest", "area"][torch.randint(4, (1,)).item()]
        smooth = {"antialias": torch.rand(1).item() < 0.7} if mode in ("bilinear", "bicubic") else {}
        back = ["bilinear", "bicubic"][torch.randint(2, (1,)).item()]
        shrunk = F.interpolate(part, size=(small, small), mode=mode, **smooth)
        done.append(F.interpolate(shrunk, size=(size, size), mode=back).clamp(0, 1))
    return torch.cat(done)
