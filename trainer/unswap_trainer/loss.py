"""What is minimised: the classifier's two losses and the autoencoders' one."""

from contextlib import AbstractContextManager
from typing import Callable

import torch
import torch.nn.functional as F

from .batch import Batch
from .outputs import FAMILIES

FAMILY_WEIGHT = 0.25
MAP_WEIGHT = 0.5

Autocast = Callable[[], AbstractContextManager]


def classifier_loss(network, batch: Batch, autocast: Autocast, smoothing: float) -> tuple[torch.Tensor, torch.Tensor]:
    """The four outputs' loss of each crop, N, and the map's mean. `smoothing`: targets are that far from 0 and 1."""
    with autocast():
        logits, maps = network(batch.crops)
    smooth = batch.targets * (1 - 2 * smoothing) + smoothing
    per_output = F.binary_cross_entropy_with_logits(logits.float(), smooth, reduction="none") * batch.target_weights
    per_output = per_output * torch.tensor([1.0] + [FAMILY_WEIGHT] * len(FAMILIES), device=per_output.device)
    per_map = F.binary_cross_entropy_with_logits(maps.float(), batch.maps, reduction="none").mean((1, 2, 3))
    return per_output.sum(1), (per_map * batch.map_weights).mean()


def reconstruction_loss(network, pictures: torch.Tensor, autocast: Autocast) -> torch.Tensor:
    """Absolute error of colours and of horizontal differences, which keeps edges. pictures B,3,H,W in 0..1."""
    with autocast():
        rendered = network(pictures)
    error = rendered.float() - pictures
    return error.abs().mean() + 0.3 * (error[..., 1:] - error[..., :-1]).abs().mean()
