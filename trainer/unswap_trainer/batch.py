"""Training batches: pairs of a real face and its forgery, and labelled fakes beside reals of their own source."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from .crops import STORED_SIZE, Crops
from .degrade import degrade
from .forge import Manner, Moments, forge
from .forge.warp import pick, uniform
from .jpeg import jpeg
from .outputs import OUTPUTS, UNKNOWN_FAMILY
from .recipe import Recipe
from .sample import Partners, Pool, row_weights


@dataclass
class Batch:
    """`crops` N,3,S,S; `targets` N,4 and their weights; `maps` N,1,S/8,S/8 and a weight N; `reals`: undegraded faces;
    `fakes`: rows of the labelled fakes, which come last."""

    crops: torch.Tensor
    targets: torch.Tensor
    target_weights: torch.Tensor
    maps: torch.Tensor
    map_weights: torch.Tensor
    reals: torch.Tensor
    fakes: torch.Tensor


class Sampler:
    """Draws batches from a split: pairs of a face and its forgery, and labelled fakes with their reals."""

    def __init__(self, crops: Crops, device, recipe: Recipe, split: str = "train"):
        inside = crops.column("split") == split
        fake, source = crops.is_fake(), crops.column("source")
        self.crops, self.device, self.recipe = crops, device, recipe
        self.groups = torch.tensor(crops.groups(), device=device)
        self.family = torch.tensor(crops.family(), device=device)
        self.real = Pool(row_weights(crops, inside & ~fake, recipe.balance, recipe.shares))
        if not len(self.real):
            raise SystemExit(f"The {split} split has no real faces. Check the index's `split` and `label`.")
        with_reals = np.isin(source, list(set(source[inside & ~fake])))
        self.fake = Pool(row_weights(crops, inside & fake & with_reals, recipe.balance, recipe.shares), recipe.hard)
        self.labelled = recipe.labelled // 2 if len(self.fake) else 0
        self.partners = Partners(crops, inside & ~fake)

    def pictures(self, rows: torch.Tensor) -> torch.Tensor:
        return self.crops.pictures(rows).to(self.device).float() / 255

    def moments(self, rows: torch.Tensor) -> Moments:
        """Another frame of each row's person, where there is one."""
        others = torch.tensor([self.partners.another_moment(row) for row in rows.tolist()])
        known = others != rows
        pictures = torch.zeros(len(rows), 3, STORED_SIZE, STORED_SIZE, device=self.device)
        if known.any():
            pictures[known.to(self.device)] = self.pictures(others[known])
        return Moments(pictures, self.crops.points[others].to(self.device), known.to(self.device))

    def size(self) -> int:
        sizes = self.recipe.sizes
        return sizes[torch.randint(len(sizes), (1,)).item()] if sizes else self.recipe.size

    def learn(self, batch: Batch, loss: torch.Tensor) -> None:
        """Remembers which labelled fakes are hard; loss N: of each crop of the batch."""
        if self.labelled and self.recipe.hard:
            self.fake.learn(batch.fakes, loss[-self.labelled :].detach().float().cpu())

    def batch(self, autoencoders, autocast) -> Batch:
        pairs, device = self.recipe.pairs, self.device
        rows = self.real.draw(pairs)
        reals = self.pictures(rows)
        points = self.crops.points[rows].to(device)
        manner = Manner(self.recipe.kinds, self.moments(rows), self.recipe.rerender)
        forgery = forge(reals, points, autoencoders, self.groups[rows.to(device)], autocast, manner)
        number = torch.arange(pairs, device=device)
        pictures, masks, pair = (
            [forgery.real, forgery.fake],
            [torch.zeros_like(forgery.mask), forgery.mask],
            [number, number],
        )
        count = 2 * pairs + 2 * self.labelled
        targets = torch.zeros(count, len(OUTPUTS), device=device)
        target_weights, map_weights = torch.ones_like(targets), torch.ones(count, device=device)
        targets[pairs : 2 * pairs, 0] = 1
        targets[number + pairs, 1 + forgery.family] = 1
        fakes = self.fake.draw(self.labelled) if self.labelled else torch.zeros(0, dtype=torch.long)
        if self.labelled:
            real, fake, family = self.labelled_pictures(fakes)
            blank = torch.zeros(self.labelled, 1, STORED_SIZE, STORED_SIZE, device=device)
            number = pairs + torch.arange(self.labelled, device=device)
            pictures, masks, pair = pictures + [real, fake], masks + [blank, blank], pair + [number, number]
            at = 2 * pairs + self.labelled + torch.arange(self.labelled, device=device)
            known = family < UNKNOWN_FAMILY
            targets[at, 0] = 1
            targets[at[known], 1 + family[known]] = 1
            target_weights[at[~known], 1:] = 0
            map_weights[at] = 0
        size = self.size()
        crops, masks = degrade(torch.cat(pictures), torch.cat(pair), size, torch.cat(masks), self.recipe.video)
        cells = (size // 8, size // 8)
        maps = F.interpolate(masks, size=cells, mode="area").clamp(0, 1)
        return Batch(crops, targets, target_weights, maps, map_weights, reals, fakes)

    def labelled_pictures(self, fakes: torch.Tensor):
        reals = torch.tensor([self.partners.of(fake) for fake in fakes.tolist()])
        both = self.pictures(torch.cat([reals, fakes]))
        # one more compression for both, so that a data set's own compression of its fakes tells nothing
        again = jpeg(both, uniform(len(both), 50, 92, self.device))
        both = torch.where(pick(torch.rand(len(both), device=self.device) < 0.8), again, both)
        return both[: self.labelled], both[self.labelled :], self.family[fakes.to(self.device)]
