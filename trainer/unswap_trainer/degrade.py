"""What happens to pictures on their way to a detector, drawn once per pair: a real face and its forgery are
cropped, coloured, shrunk, compressed and covered alike, so that none of it can stand in for the label."""

import torch
import torch.nn.functional as F

from .codec import draw_trips, transcode
from .forge.colour import grey
from .forge.warp import apply_affine, blur, grid, pick, uniform
from .jpeg import jpeg

STORED_MARGIN = 1.6


@torch.no_grad()
def degrade(pictures, pair, size, masks, video=0.0):
    """pictures N,3,H,H (margin 1.6); pair N: rows of one pair share a number 0..P-1 and every random choice; `video`: share
    of pairs that go through a video encoder. → pictures N,3,size,size and masks N,1,size,size."""
    pairs, device = int(pair.max()) + 1, pictures.device
    where = apply_affine(grid(len(pictures), size, device), crop_affine(pairs, device)[pair])
    x = F.grid_sample(pictures, where, padding_mode="zeros", align_corners=False)
    masks = F.grid_sample(masks, where, padding_mode="zeros", align_corners=False)
    return spoil(x, pair, video), masks


@torch.no_grad()
def spoil(x, pair, video=0.0):
    """Colour, blur, rescaling, video, JPEG, noise and cover of x N,3,S,S (in place where it can), drawn once for each pair."""
    pairs, device, size = int(pair.max()) + 1, x.device, x.shape[-1]

    def sometimes(share, change, x):
        """Applies change(rows, their pair numbers) to that share of the pairs."""
        rows = (torch.rand(pairs, device=device) < share)[pair].nonzero().flatten()
        if len(rows):
            x[rows] = change(x[rows], pair[rows])
        return x

    x = sometimes(0.70, lambda z, p: shift_colours(z, p, pairs), x)
    x = sometimes(0.06, lambda z, p: grey(z), x)
    x = sometimes(0.18, lambda z, p: blur(z, uniform(pairs, 0.3, 2.2, device)[p]), x)
    for _ in range(4):
        x = sometimes(0.09, shrinker(pairs, size, device), x)
    if video:
        x = sometimes(video, video_trips(pairs, size), x)
    coarse = torch.rand(pairs, device=device) < 0.25
    quality = torch.where(coarse, uniform(pairs, 15, 50, device), uniform(pairs, 50, 98, device))
    x = sometimes(0.60, lambda z, p: jpeg(z, quality[p]), x)
    x = sometimes(0.15, lambda z, p: (z + torch.randn_like(z) * pick(uniform(pairs, 0, 0.04, device)[p])).clamp(0, 1), x)
    return sometimes(0.12, lambda z, p: cover(z, p, pairs), x)


def crop_affine(pairs: int, device) -> torch.Tensor:
    """Margin 1.12 to 1.52, some roll, stretch and shift, mirrored half of the time."""
    scale = uniform(pairs, 1.12, 1.52, device) / STORED_MARGIN
    angle = uniform(pairs, -0.16, 0.16, device)
    stretch = 1 + uniform(pairs, -0.06, 0.06, device)
    mirror = torch.where(torch.rand(pairs, device=device) < 0.5, -1.0, 1.0)
    across, down = uniform(pairs, -0.06, 0.06, device), uniform(pairs, -0.06, 0.06, device)
    cos, sin = torch.cos(angle), torch.sin(angle)
    return torch.stack(
        [
            torch.stack([cos * scale * stretch * mirror, -sin * scale, across], 1),
            torch.stack([sin * scale * stretch * mirror, cos * scale, down], 1),
        ],
        1,
    )


def shift_colours(x, p, pairs):
    strength = uniform(pairs, 0.3, 1.2, x.device) * (torch.rand(pairs, device=x.device) < 0.6)

    def amount(reach):
        return pick(((torch.rand(pairs, device=x.device) * 2 - 1) * reach * strength)[p])

    x = x + torch.cat([amount(0.07), amount(0.07), amount(0.07)], 1)
    mean = x.mean((1, 2, 3), keepdim=True)
    x = (x - mean) * (1 + amount(0.3)) + mean + amount(0.15)
    luma = grey(x)
    x = luma + (x - luma) * (1 + amount(0.4))
    return x.clamp(1e-4, 1).pow(torch.exp(amount(0.25)))


def shrinker(pairs, size, device):
    """One random smaller size, with JPEG there more often than not, and back."""
    small = max(32, int(size * (0.25 + 0.7 * torch.rand(1).item())) // 16 * 16)
    down = ["bilinear", "bicubic", "area"][torch.randint(3, (1,)).item()]
    up = ["bilinear", "bicubic"][torch.randint(2, (1,)).item()]
    compressed = torch.rand(1).item() < 0.6
    quality = uniform(pairs, 30, 95, device)

    def shrink(x, p):
        smooth = {"antialias": True} if down != "area" else {}
        x = F.interpolate(x, size=(small, small), mode=down, **smooth).clamp(0, 1)
        if compressed:
            x = jpeg(x, quality[p])
        return F.interpolate(x, size=(size, size), mode=up).clamp(0, 1)

    return shrink


def video_trips(pairs, size):
    """A way through video encoders for each pair."""
    trips = [draw_trips(size) for _ in range(pairs)]
    return lambda x, p: transcode(x, [trips[at] for at in p.tolist()])


def cover(x, p, pairs):
    """A rectangle of plain colour or of a neighbour's picture over part of the face."""
    device, size = x.device, x.shape[-1]
    width, height = uniform(pairs, 0.08, 0.35, device)[p], uniform(pairs, 0.05, 0.3, device)[p]
    centre_x, centre_y = uniform(pairs, 0, 1, device)[p], uniform(pairs, 0, 1, device)[p]
    axis = (torch.arange(size, device=device) + 0.5) / size
    columns = (axis[None] - centre_x[:, None]).abs() < width[:, None] / 2
    lines = (axis[None] - centre_y[:, None]).abs() < height[:, None] / 2
    inside = (lines[:, :, None] & columns[:, None, :])[:, None].float()
    colour = torch.rand(pairs, 3, 1, 1, device=device)[p].expand_as(x)
    content = x.roll(1, 0) if torch.rand(1).item() < 0.5 else colour
    return x * (1 - inside) + content * inside
