"""Exponential moving average of the weights (torch's AveragedModel), with a short memory at the start."""

import torch
from torch.optim.swa_utils import AveragedModel


def make_average(network: torch.nn.Module, decay: float) -> AveragedModel:
    """`decay`: share of the old average kept at each step, .998 remembers about 500 steps."""

    def update(slow: list[torch.Tensor], fast: list[torch.Tensor], count) -> None:
        share = 1 - min(decay, (1 + int(count)) / (20 + int(count)))
        for old, new in zip(slow, fast):
            if old.dtype.is_floating_point:
                old.lerp_(new.to(old.dtype), share)
            else:
                old.copy_(new)

    return AveragedModel(network, multi_avg_fn=update, use_buffers=True).eval().requires_grad_(False)
