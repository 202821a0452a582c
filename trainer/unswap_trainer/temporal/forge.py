"""Forgeries of whole clips: one forgery for all frames, which then jitters, flickers, shimmers, drops out and lags."""

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F

from ..forge import KINDS, Parts, blend, draw_parts
from ..forge.warp import blur, pick, smooth_field, warp
from .motion import amplitude, jitter, move_points, series

REENACTMENT, SYNTHESIS = KINDS.index("reenactment"), KINDS.index("synthesis")


@dataclass
class ForgedClips:
    """`real` and `fake` C,T,3,H,H; the points of each C,T,468,2; `kind` C indexes `forge.KINDS`."""

    real: torch.Tensor
    fake: torch.Tensor
    real_points: torch.Tensor
    fake_points: torch.Tensor
    kind: torch.Tensor


@torch.no_grad()
def forge_clips(pictures, points, autoencoders, groups, autocast) -> ForgedClips:
    """pictures C,T,3,H,H of real faces, points C,T,468,2 in 0..1, groups C."""
    clips, frames, device = *pictures.shape[:2], pictures.device
    seed, poses, drawn = int(torch.randint(2**31, (1,))), points.mean(1), []
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        for t in range(frames):
            torch.manual_seed(seed)
            drawn.append(draw_parts(pictures[:, t], points[:, t], autoencoders, groups, autocast, poses))
    flat = Parts(**{name: torch.stack([getattr(one, name) for one in drawn], 1).flatten(0, 1) for name in vars(drawn[0])})
    parts, moved = unsettle(flat, points.flatten(0, 1), clips, frames)
    forgery = blend(parts)
    shape = (clips, frames)
    return ForgedClips(
        real=forgery.real.unflatten(0, shape),
        fake=forgery.fake.unflatten(0, shape),
        real_points=points,
        fake_points=moved.unflatten(0, shape),
        kind=drawn[0].kind,
    )


def unsettle(parts: Parts, points: torch.Tensor, clips: int, frames: int) -> tuple[Parts, torch.Tensor]:
    """What frame-by-frame forging leaves behind. Rows are clip by clip, frame by frame. Also the points as a mesh found
    on the forged frames would have them: inside the mask they follow what was blended in."""
    device, count = points.device, clips * frames
    source, mask = parts.source, parts.mask
    speaking = (parts.kind == REENACTMENT).float().view(clips, frames)[:, :1]
    gestures = [gesture(clips, frames, speaking, device) for _ in range(2)]
    source = warp(source, sum(gestures))

    misaligned = jitter(clips, frames, 0.75, 0.0008, 0.012, device)
    source, mask = warp(source, affine=misaligned), warp(mask, affine=misaligned, padding="zeros")
    moved = move_points(points, misaligned)

    flicker = amplitude(clips, 0.6, 0.004, 0.06, device) * series(clips, frames, device)
    tint = torch.stack([amplitude(clips, 0.4, 0.003, 0.03, device) * series(clips, frames, device) for _ in range(3)], -1)
    source = (source * torch.exp(pick(flicker.flatten()) + tint.view(count, 3, 1, 1))).clamp(0, 1)

    softness = amplitude(clips, 0.25, 0.2, 0.7, device) * series(clips, frames, device).abs()
    if softness.max() > 0:
        source = torch.where(pick(softness.flatten() > 0.1), blur(source, softness.flatten().clamp_min(0.1)), source)

    grown = amplitude(clips, 0.5, 0.05, 0.8, device) * series(clips, frames, device)
    mask = (mask + pick(grown.flatten()) * 2 * mask * (1 - mask)).clamp(0, 1)
    ragged = amplitude(clips, 0.4, 0.002, 0.012, device).expand(-1, frames).flatten()
    mask = warp(mask, smooth_field(ragged, 8), padding="zeros")

    held = late(clips, frames, 0.15, device)
    source, mask, moved = source[held], mask[held], moved[held]
    inside = F.grid_sample(mask, (points * 2 - 1)[:, None], align_corners=False)[:, 0, 0, :, None]
    inside = torch.where((parts.kind == SYNTHESIS)[:, None, None], torch.ones_like(inside), inside)

    gone = missing(clips, frames, 0.12, device)
    source = torch.where(pick(gone), parts.target, source)
    inside = torch.where(gone[:, None, None], torch.zeros_like(inside), inside)
    return replace(parts, source=source, mask=mask), points + inside * (moved - points)


def gesture(clips, frames, share, device) -> torch.Tensor:
    """A smooth displacement of a clip's own, C*T,2,72,72, that comes and goes over time; `share` C,1 switches it on."""
    field = smooth_field(torch.full((clips,), 0.02, device=device), 6)
    strength = series(clips, frames, device) * share
    return (field[:, None] * strength[:, :, None, None, None]).flatten(0, 1)


def late(clips, frames, share, device) -> torch.Tensor:
    """Rows C*T in which some frames of that share of the clips are replaced by the frame before them."""
    rows = torch.arange(clips * frames, device=device).view(clips, frames)
    often = amplitude(clips, share, 0.1, 0.4, device)
    repeats = torch.rand(clips, frames, device=device) < often
    repeats[:, 0] = False
    return (rows - repeats.long()).flatten()


def missing(clips, frames, share, device) -> torch.Tensor:
    """True for frames C*T that the forger left as they were: a run of up to a quarter of the frames, in that share of the clips."""
    length = (torch.rand(clips, 1, device=device) * max(1, frames // 4)).ceil()
    start = torch.rand(clips, 1, device=device) * frames
    at = torch.arange(frames, device=device)[None]
    run = (at >= start) & (at < start + length) & (torch.rand(clips, 1, device=device) < share)
    return run.flatten()
