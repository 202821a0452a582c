"""The classifier: a backbone, four logits and a stride-8 manipulation map.

Any backbone that returns features at strides 8, 16 and 32 can be registered in BACKBONES.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

OUTPUTS = ["manipulated", "face_swap", "reenactment", "synthesis"]


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
        self.skip = None if same else nn.Sequential(
            nn.Conv2d(channels_in, channels_out, 1, stride, bias=False), nn.BatchNorm2d(channels_out)
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


class Small(nn.Module):
    """A few plain convolutions: for smoke tests and for machines without a GPU."""

    widths = (32, 48, 64)

    def __init__(self):
        super().__init__()

        def down(channels_in, channels_out, stride=2):
            return nn.Sequential(
                nn.Conv2d(channels_in, channels_out, 3, stride, 1, bias=False), nn.BatchNorm2d(channels_out), nn.ReLU()
            )

        self.to8 = nn.Sequential(down(3, 16), down(16, 24), down(24, 32))
        self.to16 = down(32, 48)
        self.to32 = down(48, 64)

    def forward(self, x):
        stride8 = self.to8(x)
        stride16 = self.to16(stride8)
        return stride8, stride16, self.to32(stride16)


BACKBONES = {"xception": Xception, "small": Small}


class Classifier(nn.Module):
    """Crops n,3,224,224 RGB 0..1 → logits n,4 (independent sigmoids, see OUTPUTS) and map logits n,1,28,28.

    `describe` also gives the pooled features, n,width, which a temporal head may read.
    """

    def __init__(self, backbone: str = "xception", dropout: float = 0.3):
        super().__init__()
        self.backbone = BACKBONES[backbone]()
        wide8, wide16, wide32 = self.backbone.widths
        self.from8 = nn.Conv2d(wide8, 64, 1)
        self.from16 = nn.Conv2d(wide16, 64, 1)
        self.map = nn.Sequential(
            nn.ReLU(), nn.Conv2d(64, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.Conv2d(64, 1, 1)
        )
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(wide32, len(OUTPUTS))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")

    def describe(self, crops):
        stride8, stride16, stride32 = self.backbone(crops * 2 - 1)
        pooled = stride32.mean((2, 3))
        coarse = F.interpolate(self.from16(stride16), size=stride8.shape[-2:], mode="bilinear", align_corners=False)
        return self.head(self.dropout(pooled)), self.map(self.from8(stride8) + coarse), pooled

    def forward(self, crops):
        return self.describe(crops)[:2]
