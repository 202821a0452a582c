"""Training batches: pairs of a real face and its forgery, and labelled fakes beside reals of their own source."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from .crops import STORED_SIZE, UNKNOWN_FAMILY, Crops
from .degrade import degrade
from .forge import forge
from .forge.warp import pick, uniform
from .jpeg import jpeg
from .sample import Partners, Pool, row_weights

# A source's share grows with its videos, but slower: small sources count without being repeated to death.
BALANCE = 0.5


@dataclass
class Batch:
    """`crops` N,3,S,S; `targets` N,4 and their weights; `maps` N,1,S/8,S/8 and a weight N; `reals`: undegraded faces."""

    crops: torch.Tensor
    targets: torch.Tensor
    target_weights: torch.Tensor
    maps: torch.Tensor
    map_weights: torch.Tensor
    reals: torch.Tensor


class Sampler:
    """Draws batches from a split. `pairs` forged pairs and `labelled` rows of labelled fakes with their reals."""

    def __init__(self, crops: Crops, device, size: int, pairs: int, labelled: int, split="train", balance=BALANCE, video=0.0, shares={}):
        inside = crops.column("split") == split
        fake, source = crops.is_fake(), crops.column("source")
        self.crops, self.device, self.size, self.pairs, self.video = crops, device, size, pairs, video
        self.groups = torch.tensor(crops.groups(), device=device)
        self.family = torch.tensor(crops.family(), device=device)
        self.real = Pool(row_weights(crops, inside & ~fake, balance, shares))
        if not len(self.real):
            raise SystemExit(f"The {split} split has no real faces. Check the index's `split` and `label`.")
        with_reals = np.isin(source, list(set(source[inside & ~fake])))
        self.fake = Pool(row_weights(crops, inside & fake & with_reals, balance, shares))
        self.labelled = labelled // 2 if len(self.fake) else 0
        self.partners = Partners(crops, inside & ~fake)

    def pictures(self, rows: torch.Tensor) -> torch.Tensor:
        return self.crops.pictures(rows).to(self.device).float() / 255

    def batch(self, autoencoders, autocast) -> Batch:
        rows, pairs, device = self.real.draw(self.pairs), self.pairs, self.device
        reals = self.pictures(rows)
        points = self.crops.points[rows].to(device)
        forgery = forge(reals, points, autoencoders, self.groups[rows.to(device)], autocast)
        number = torch.arange(pairs, device=device)
        pictures, masks, pair = [forgery.real, forgery.fake], [torch.zeros_like(forgery.mask), forgery.mask], [number, number]
        count = 2 * pairs + 2 * self.labelled
        targets = torch.zeros(count, 4, device=device)
        target_weights, map_weights = torch.ones_like(targets), torch.ones(count, device=device)
        targets[pairs : 2 * pairs, 0] = 1
        targets[number + pairs, 1 + forgery.family] = 1
        if self.labelled:
            real, fake, family = self.labelled_pictures()
            blank = torch.zeros(self.labelled, 1, STORED_SIZE, STORED_SIZE, device=device)
            number = pairs + torch.arange(self.labelled, device=device)
            pictures, masks, pair = pictures + [real, fake], masks + [blank, blank], pair + [number, number]
            at = 2 * pairs + self.labelled + torch.arange(self.labelled, device=device)
            known = family < UNKNOWN_FAMILY
            targets[at, 0] = 1
            targets[at[known], 1 + family[known]] = 1
            target_weights[at[~known], 1:] = 0
            map_weights[at] = 0
        crops, masks = degrade(torch.cat(pictures), torch.cat(pair), self.size, torch.cat(masks), self.video)
        cells = (self.size // 8, self.size // 8)
        maps = F.interpolate(masks, size=cells, mode="area").clamp(0, 1)
        return Batch(crops, targets, target_weights, maps, map_weights, reals)

    def labelled_pictures(self):
        fakes = self.fake.draw(self.labelled)
        reals = torch.tensor([self.partners.of(fake) for fake in fakes.tolist()])
        both = self.pictures(torch.cat([reals, fakes]))
        # one more compression for both, so that a data set's own compression of its fakes tells nothing
        again = jpeg(both, uniform(len(both), 50, 92, self.device))
        both = torch.where(pick(torch.rand(len(both), device=self.device) < 0.8), again, both)
        return both[: self.labelled], both[self.labelled :], self.family[fakes.to(self.device)]
