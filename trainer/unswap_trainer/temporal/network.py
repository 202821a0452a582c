"""The head: one logit per clip, from rows of varying number."""

import torch
import torch.nn as nn

from .rows import WIDTH

CHANNELS = 64
DILATIONS = (1, 2, 4)
FEATURE_CHANNELS = 32


class Step(nn.Module):
    """Residual dilated convolution over time, kernel 3. Layer norm per frame: clips in a batch never meet."""

    def __init__(self, channels: int, dilation: int, dropout: float):
        super().__init__()
        self.norm = nn.LayerNorm(channels)
        self.convolution = nn.Conv1d(channels, channels, 3, padding=dilation, dilation=dilation)
        self.mix = nn.Linear(channels, channels)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, mask):
        """x n,T,C; mask n,T,1. What lies beyond a clip's end counts as nothing, as what lies before its start."""
        y = self.convolution((self.norm(x) * mask).transpose(1, 2)).transpose(1, 2)
        return x + self.dropout(self.mix(nn.functional.gelu(y)))


class Head(nn.Module):
    """rows n,T,WIDTH+features and mask n,T (1 where there is a frame) → logit n of `manipulated`.

    `mean` and `spread` of the rows are those of the training clips; they are part of the network."""

    def __init__(self, features: int = 0, channels: int = CHANNELS, dropout: float = 0.1):
        super().__init__()
        width = WIDTH + features
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("spread", torch.ones(width))
        self.features = nn.Linear(features, FEATURE_CHANNELS) if features else None
        self.enter = nn.Linear(WIDTH + (FEATURE_CHANNELS if features else 0), channels)
        self.steps = nn.ModuleList([Step(channels, dilation, dropout) for dilation in DILATIONS])
        self.attention = nn.Linear(channels, 1)
        self.leave = nn.Sequential(nn.LayerNorm(3 * channels), nn.Dropout(dropout), nn.Linear(3 * channels, 1))

    def normalise(self, rows):
        return ((rows - self.mean) / self.spread).clamp(-6, 6)

    def forward(self, rows, mask):
        return self.judge(self.normalise(rows), mask)

    def judge(self, rows, mask):
        """As `forward`, of rows that are already normalised."""
        mask = mask[..., None]
        own = rows[..., :WIDTH]
        if self.features is not None:
            own = torch.cat([own, self.features(rows[..., WIDTH:])], -1)
        x = self.enter(own)
        for step in self.steps:
            x = step(x, mask)
        count = mask.sum(1)
        mean = (x * mask).sum(1) / count
        spread = (((x - mean[:, None]) ** 2 * mask).sum(1) / count + 1e-4).sqrt()
        weight = torch.softmax(self.attention(x) - 1e4 * (1 - mask), 1)
        return self.leave(torch.cat([mean, spread, (x * weight).sum(1)], -1))[:, 0]
