"""Small face autoencoders. Each way of upsampling leaves its own fingerprint, as the generators of face swaps do."""

import torch.nn as nn

# (upsampling, width of the code, halvings): weak and strong ones
KINDS = [
    ("deconvolution4", 32, 4),
    ("deconvolution3", 48, 3),
    ("shuffle", 24, 4),
    ("nearest", 16, 4),
    ("bilinear", 64, 3),
    ("nearest", 8, 3),
]


class Autoencoder(nn.Module):
    def __init__(self, upsampling: str, code: int, depth: int, width: int = 48):
        super().__init__()
        encoder, channels = [nn.Conv2d(3, width, 3, 1, 1), nn.SiLU()], width
        for _ in range(depth):
            wider = min(channels * 2, 256)
            encoder += [nn.Conv2d(channels, wider, 4, 2, 1), nn.GroupNorm(8, wider), nn.SiLU()]
            channels = wider
        self.encoder = nn.Sequential(*encoder, nn.Conv2d(channels, code, 1))
        decoder = [nn.Conv2d(code, channels, 3, 1, 1), nn.SiLU()]
        for _ in range(depth):
            narrower = max(channels // 2, width)
            decoder += [*upsample(upsampling, channels, narrower), nn.GroupNorm(8, narrower), nn.SiLU()]
            channels = narrower
        self.decoder = nn.Sequential(*decoder, nn.Conv2d(channels, 3, 3, 1, 1))

    def forward(self, pictures):
        return (self.decoder(self.encoder(pictures * 2 - 1)) + 1) / 2


def upsample(kind: str, channels_in: int, channels_out: int) -> list[nn.Module]:
    if kind == "deconvolution4":
        return [nn.ConvTranspose2d(channels_in, channels_out, 4, 2, 1)]
    if kind == "deconvolution3":
        return [nn.ConvTranspose2d(channels_in, channels_out, 3, 2, 1, 1)]
    if kind == "shuffle":
        return [nn.Conv2d(channels_in, channels_out * 4, 3, 1, 1), nn.PixelShuffle(2)]
    return [nn.Upsample(scale_factor=2, mode=kind), nn.Conv2d(channels_in, channels_out, 3, 1, 1)]


def autoencoders() -> nn.ModuleList:
    return nn.ModuleList([Autoencoder(*kind) for kind in KINDS])
