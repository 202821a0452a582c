"""A toy backbone for smoke tests."""

import torch.nn as nn


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
