"""Xception: the backbone of the shipped classifier."""

import torch.nn as nn
import torch.nn.functional as F


class Separable(nn.Sequential):
    """Depthwise 3×3, pointwise 1×1, batch norm."""

    def __init__(self, channels_in: int, channels_out: int):
        super().__init__(
            nn.Conv2d(channels_in, channels_in, 3, 1, 1, groups=channels_in, bias=False),
            nn.Conv2d(channels_in, channels_out, 1, bias=False),
            nn.BatchNorm2d(channels_out),
        )


class Block(nn.Module):
    """Xception's residual block of separable convolutions; `grow_first`: widen in the first one, else in the last."""

    def __init__(self, channels_in, channels_out, count, stride=1, first_relu=True, grow_first=True):
        super().__init__()
        layers, width = [], channels_in
        for at in range(count):
            wide = channels_out if grow_first or at == count - 1 else channels_in
            if at > 0 or first_relu:
                layers.append(nn.ReLU())
            layers.append(Separable(width, wide))
            width = wide
        if stride > 1:
            layers.append(nn.MaxPool2d(3, stride, 1))
        self.body = nn.Sequential(*layers)
        same = channels_in == channels_out and stride == 1
        self.skip = (
            None
            if same
            else nn.Sequential(
                nn.Conv2d(channels_in, channels_out, 1, stride, bias=False), nn.BatchNorm2d(channels_out)
            )
        )

    def forward(self, x):
        return self.body(x) + (x if self.skip is None else self.skip(x))


class Xception(nn.Module):
    """Entry, middle and exit flow of Chollet 2017 (https://arxiv.org/abs/1610.02357)."""

    widths = (256, 728, 2048)

    def __init__(self):
        super().__init__()

        def convolution(channels_in, channels_out, stride):
            return nn.Sequential(
                nn.Conv2d(channels_in, channels_out, 3, stride, 1, bias=False), nn.BatchNorm2d(channels_out), nn.ReLU()
            )

        self.stem = nn.Sequential(convolution(3, 32, 2), convolution(32, 64, 1))
        self.entry1 = Block(64, 128, 2, 2, first_relu=False)
        self.entry2 = Block(128, 256, 2, 2)
        self.entry3 = Block(256, 728, 2, 2)
        self.middle = nn.Sequential(*[Block(728, 728, 3) for _ in range(8)])
        self.exit1 = Block(728, 1024, 2, 2, grow_first=False)
        self.exit2 = Separable(1024, 1536)
        self.exit3 = Separable(1536, 2048)

    def forward(self, x):
        stride8 = self.entry2(self.entry1(self.stem(x)))
        stride16 = self.middle(self.entry3(stride8))
        stride32 = F.relu(self.exit3(F.relu(self.exit2(self.exit1(stride16)))))
        return stride8, stride16, stride32
