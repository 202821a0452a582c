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

# A source's weight falls with its size, but slower than its share: small sources count without being repeated to death.
BALANCE = 0.4


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

    def __init__(self, crops: Crops, device, size: int, pairs: int, labelled: int, split: str = "train"):
        inside = crops.column("split") == split
        fake, source = crops.is_fake(), crops.column("source")
        weight = np.zeros(len(crops))
        for name in set(source):
            weight[source == name] = max(1, ((source == name) & inside).sum()) ** -BALANCE
        self.crops, self.device, self.size, self.pairs = crops, device, size, pairs
        self.groups = torch.tensor(crops.groups(), device=device)
        self.family = torch.tensor(crops.family(), device=device)
        self.real = self.pool(inside & ~fake, weight)
        with_reals = np.isin(source, list(set(source[inside & ~fake])))
        self.fake = self.pool(inside & fake & with_reals, weight)
        self.labelled = labelled // 2 if len(self.fake[0]) else 0
        # A labelled fake is always seen beside a real of its own data set, or the data set would become the label.
        self.reals_of = {name: torch.tensor(np.flatnonzero(inside & ~fake & (source == name))) for name in set(source)}
        self.source = source
        if not len(self.real[0]):
            raise SystemExit(f"The {split} split has no real faces. Check the index's `split` and `label`.")

    def pool(self, chosen: np.ndarray, weight: np.ndarray):
        rows = np.flatnonzero(chosen)
        return torch.tensor(rows), torch.tensor(weight[rows]).float()

    def draw(self, pool, count):
        rows, weight = pool
        return rows[torch.multinomial(weight, count, True)]

    def pictures(self, rows: torch.Tensor) -> torch.Tensor:
        return self.crops.pixels[rows].to(self.device).float() / 255

    def batch(self, autoencoders, autocast) -> Batch:
        rows, pairs, device = self.draw(self.real, self.pairs), self.pairs, self.device
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
        crops, masks = degrade(torch.cat(pictures), torch.cat(pair), self.size, torch.cat(masks))
        cells = (self.size // 8, self.size // 8)
        maps = F.interpolate(masks, size=cells, mode="area").clamp(0, 1)
        return Batch(crops, targets, target_weights, maps, map_weights, reals)

    def labelled_pictures(self):
        fakes = self.draw(self.fake, self.labelled)
        reals = torch.stack([self.one_of(self.reals_of[name]) for name in self.source[fakes.numpy()]])
        both = self.pictures(torch.cat([reals, fakes]))
        # one more compression for both, so that a data set's own compression of its fakes tells nothing
        again = jpeg(both, uniform(len(both), 50, 92, self.device))
        both = torch.where(pick(torch.rand(len(both), device=self.device) < 0.8), again, both)
        return both[: self.labelled], both[self.labelled :], self.family[fakes.to(self.device)]

    @staticmethod
    def one_of(rows: torch.Tensor) -> torch.Tensor:
        return rows[torch.randint(len(rows), (1,))][0]
