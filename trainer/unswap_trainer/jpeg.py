"""JPEG on the GPU: the block transform, quantisation tables and chroma subsampling of ITU-T T.81, without entropy coding."""

import math

import torch
import torch.nn.functional as F

LUMA_TABLE = torch.tensor(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ]
).float()
CHROMA_TABLE = torch.full((8, 8), 99.0)
CHROMA_TABLE[:4, :4] = torch.tensor([[17, 18, 24, 47], [18, 21, 26, 66], [24, 26, 56, 99], [47, 66, 99, 99]]).float()


def dct_matrix(device) -> torch.Tensor:
    steps = torch.arange(8, device=device).float()
    matrix = torch.cos((2 * steps[None] + 1) * steps[:, None] * math.pi / 16) * 0.5
    matrix[0] /= math.sqrt(2)
    return matrix


def quantise(plane: torch.Tensor, table: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """plane B,H,W through the 8×8 transform and back, each coefficient rounded to its step."""
    count, height, width = plane.shape
    matrix = dct_matrix(plane.device)
    blocks = plane.view(count, height // 8, 8, width // 8, 8).permute(0, 1, 3, 2, 4)
    steps = ((table.to(plane.device) * scale + 50) / 100).floor().clamp(1, 255)
    blocks = matrix.T @ ((matrix @ blocks @ matrix.T) / steps).round().mul(steps) @ matrix
    return blocks.permute(0, 1, 3, 2, 4).reshape(count, height, width)


def jpeg(pictures: torch.Tensor, quality: torch.Tensor) -> torch.Tensor:
    """pictures B,3,H,W in 0..1 with sides that 16 divides; quality B in 1..100; 4:2:0 subsampling."""
    red, green, blue = (pictures * 255).unbind(1)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue - 128
    chroma = torch.stack(
        [-0.168736 * red - 0.331264 * green + 0.5 * blue, 0.5 * red - 0.418688 * green - 0.081312 * blue], 1
    )
    scale = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality).view(-1, 1, 1, 1, 1)
    luma = quantise(luma, LUMA_TABLE, scale) + 128
    chroma = F.avg_pool2d(chroma, 2)
    chroma = torch.stack([quantise(plane, CHROMA_TABLE, scale) for plane in chroma.unbind(1)], 1)
    cb, cr = F.interpolate(chroma, scale_factor=2, mode="bilinear").unbind(1)
    return (torch.stack([luma + 1.402 * cr, luma - 0.344136 * cb - 0.714136 * cr, luma + 1.772 * cb], 1) / 255).clamp(0, 1)
