"""One forgery per real face: which kind, where, and how it is blended in."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Callable

import torch

from ..outputs import FAMILIES
from . import colour
from .moment import Moments, lay_over
from .region import region_masks, soften
from .rerender import rework
from .swap import borrow_faces
from .warp import blur, pick, rescale, small_affine, smooth_field, uniform, warp

KINDS = ["self_blend", "swap", "neural_swap", "reenactment", "synthesis"]
SELF_BLEND, SWAP, NEURAL_SWAP, REENACTMENT, SYNTHESIS = range(5)
SHARES = [0.40, 0.17, 0.15, 0.13, 0.15]
FAMILY_OF_KIND = [FAMILIES.index(name) for name in ["face_swap"] * 3 + ["reenactment", "synthesis"]]
# how often each region of `region.REGIONS` is replaced; reenactment moves the mouth, the lower half or the eyes
REGION_SHARES = [0.36, 0.30, 0.10, 0.06, 0.06, 0.12]
REENACTED_SHARES = [0.0, 0.0, 0.35, 0.50, 0.15, 0.0]
BLEND_RATIOS = [0.5, 0.75, 1.0, 1.0, 1.0, 1.0]


Autocast = Callable[[], AbstractContextManager]


@dataclass
class Manner:
    """How a batch is forged: weights of `kinds` by name, other frames of the same people, share of reworked renderings."""

    kinds: dict[str, float] = field(default_factory=dict)
    moments: Moments | None = None
    rerender: float = 0.0

    def shares(self, renders: bool) -> list[float]:
        """Weights in the order of KINDS; without autoencoders nothing that they render."""
        unknown = set(self.kinds) - set(KINDS)
        if unknown:
            raise SystemExit(f"--forge {unknown.pop()}: there are {', '.join(KINDS)}.")
        shares = [self.kinds.get(name, share) for name, share in zip(KINDS, SHARES)]
        return shares if renders else [0.0 if kind in (NEURAL_SWAP, SYNTHESIS) else share for kind, share in enumerate(shares)]


@dataclass
class Forgery:
    """`fake` and the `real` it is paired with, B,3,H,H; `mask` B,1,H,H: how far each pixel is forged; `family` B."""

    fake: torch.Tensor
    real: torch.Tensor
    mask: torch.Tensor
    family: torch.Tensor
    kind: torch.Tensor


@dataclass
class Parts:
    """A forgery before it is blended: `source` goes into `target` where `mask` says, at most `ratio` (B,1,1,1) of it."""

    source: torch.Tensor
    target: torch.Tensor
    mask: torch.Tensor
    ratio: torch.Tensor
    kind: torch.Tensor


def forge(pictures, points, autoencoders, groups, autocast: Autocast, manner: Manner = Manner()) -> Forgery:
    """pictures B,3,H,H real faces; points B,468,2 in 0..1; groups B: identities that are never swapped with themselves."""
    return blend(draw_parts(pictures, points, autoencoders, groups, autocast, points, manner))


@torch.no_grad()
def draw_parts(pictures, points, autoencoders, groups, autocast, poses, manner: Manner = Manner()) -> Parts:
    """As for `forge`. Swaps take the face whose `poses` (B,468,2) are nearest. What is drawn at random depends on the
    number of pictures alone: the same seed forges the frames of a clip alike."""
    count, size, device = len(pictures), pictures.shape[-1], pictures.device
    kind = torch.multinomial(torch.tensor(manner.shares(len(autoencoders) > 0), device=device), count, True)
    source = foreign_content(pictures, points, autoencoders, groups, kind, autocast, poses, manner)
    mask = soften(region_masks(points, choose_regions(kind)), size)

    foreign = (kind == SWAP) | (kind == NEURAL_SWAP) | from_moments(kind, manner.moments)
    matched = foreign & (torch.rand(count, device=device) < 0.85)
    source = torch.where(pick(matched), colour.match(source, pictures, mask), source)

    source, target = disturb(source, pictures, kind)
    moved = (kind == SELF_BLEND) | (torch.rand(count, device=device) < 0.3)
    affine = small_affine(count, device)
    source = torch.where(pick(moved), warp(source, affine=affine), source)
    mask = torch.where(pick(moved), warp(mask, affine=affine, padding="zeros"), mask)

    ratio = torch.tensor(BLEND_RATIOS, device=device)[torch.randint(len(BLEND_RATIOS), (count,), device=device)]
    return Parts(source, target, mask, pick(torch.where(kind == SELF_BLEND, ratio, torch.ones_like(ratio))), kind)


def blend(parts: Parts) -> Forgery:
    source, target, mask, ratio, kind = parts.source, parts.target, parts.mask, parts.ratio, parts.kind
    whole = pick(kind == SYNTHESIS)
    fake = torch.where(whole, source, source * mask * ratio + target * (1 - mask * ratio))
    return Forgery(
        fake=fake.clamp(0, 1),
        real=target,
        mask=torch.where(whole, torch.ones_like(mask), mask * (0.5 + 0.5 * ratio)),
        family=torch.tensor(FAMILY_OF_KIND, device=kind.device)[kind],
        kind=kind,
    )


def choose_regions(kind: torch.Tensor) -> torch.Tensor:
    device = kind.device
    usual = torch.multinomial(torch.tensor(REGION_SHARES, device=device), len(kind), True)
    reenacted = torch.multinomial(torch.tensor(REENACTED_SHARES, device=device), len(kind), True)
    return torch.where(kind == REENACTMENT, reenacted, usual)


def from_moments(kind: torch.Tensor, moments: Moments | None) -> torch.Tensor:
    """Which rows are reenacted with another frame of the same person."""
    return torch.zeros_like(kind, dtype=torch.bool) if moments is None else (kind == REENACTMENT) & moments.known


def foreign_content(pictures, points, autoencoders, groups, kind, autocast, poses, manner: Manner):
    """What is blended in: the face itself, another's, the same at another moment, a network's rendering of any of them."""
    source, device = pictures.clone(), pictures.device
    rows = (kind == SWAP).nonzero().flatten()
    if len(rows):
        source[rows] = borrow_faces(pictures, points, groups, rows, poses)
    moved = from_moments(kind, manner.moments)
    if moved.any():
        other = manner.moments
        source[moved] = lay_over(points[moved], other.pictures[moved], other.points[moved])
    chance = torch.rand(len(kind), device=device)
    neural = (
        (kind == NEURAL_SWAP)
        | (kind == SYNTHESIS)
        | ((kind == REENACTMENT) & (chance < 0.5))
        | ((kind == SWAP) & (chance < 0.3))
    )
    for network, rows in zip(autoencoders, neural.nonzero().flatten().chunk(max(1, len(autoencoders)))):
        if len(rows):
            with autocast():
                rendered = network(source[rows])
            source[rows] = rendered.float().clamp(0, 1)
    reworked = (kind == SYNTHESIS) & (torch.rand(len(kind), device=device) < manner.rerender)
    if reworked.any():
        source[reworked] = rework(source[reworked])
    rows = ((kind == REENACTMENT) & ~moved).nonzero().flatten()
    if len(rows):
        source[rows] = warp(source[rows], smooth_field(uniform(len(rows), 0.01, 0.05, device), 6))
    return source


def disturb(source, target, kind):
    """Statistical differences between what is blended and what it is blended into (Shiohara & Yamasaki 2022, SBI):
    colour, resolution, sharpening. A self-blend disturbs either side, so that neither look means `real`."""
    count, device = len(source), source.device
    strength = torch.where(kind == SELF_BLEND, 1.0, 0.35) * (torch.rand(count, device=device) < 0.9)
    on_source = pick((torch.rand(count, device=device) < 0.5) | (kind != SELF_BLEND))

    changed = colour.jitter(source, strength * 0.8)
    softer = torch.rand(count, device=device) < 0.5
    if softer.any():
        changed[softer] = rescale(changed[softer], 0.3, 0.95)
    sharper = ~softer & (torch.rand(count, device=device) < 0.6)
    if sharper.any():
        plain = changed[sharper]
        detail = plain - blur(plain, uniform(len(plain), 0.6, 1.5, device))
        changed[sharper] = (plain + detail * pick(uniform(len(plain), 0.3, 1.2, device))).clamp(0, 1)

    other = colour.jitter(target, strength * 0.8)
    softer = torch.rand(count, device=device) < 0.3
    if softer.any():
        other[softer] = rescale(other[softer], 0.4, 0.95)
    return torch.where(on_source, changed, source), torch.where(on_source, target, other)
