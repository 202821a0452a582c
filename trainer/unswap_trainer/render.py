"""The autoencoders that forgeries are rendered by, trained beside the classifier."""

import torch
import torch.nn as nn

from .forge.autoencoder import autoencoders as make_autoencoders
from .loss import reconstruction_loss
from .precision import Precision, optimiser_step

# They learn from squares of this side in pixels: a ninth of the crop's work, and what they know is local.
PATCH = 96
EVERY = 8
MOST_FACES = 96


class Renderers:
    """`networks`: the autoencoders, none without `wanted`. `train_one` trains the next of them on faces B,3,288,288."""

    def __init__(self, device: torch.device, precision: Precision, wanted: bool = True):
        self.networks: nn.ModuleList = (make_autoencoders() if wanted else nn.ModuleList()).to(device)
        self.optimiser = torch.optim.Adam([{"params": list(self.networks.parameters())}], lr=1e-3)
        self.scaler, self.autocast = precision.scaler(), precision.autocast

    def train_all(self, faces: torch.Tensor) -> float:
        faces = patches(faces)
        loss = sum(reconstruction_loss(each, faces, self.autocast) for each in self.networks)
        optimiser_step(loss, self.optimiser, self.scaler)
        return loss.item() / len(self.networks)

    def train_one(self, faces: torch.Tensor, step: int) -> None:
        if not len(self.networks):
            return
        each = self.networks[(step // EVERY) % len(self.networks)]
        optimiser_step(
            reconstruction_loss(each, patches(faces[:MOST_FACES]), self.autocast), self.optimiser, self.scaler
        )


def patches(faces: torch.Tensor) -> torch.Tensor:
    """The same random square of every face."""
    room = faces.shape[-1] - PATCH
    top, left = torch.randint(room // 8 + 1, (2,)).mul(8).tolist()
    return faces[:, :, top : top + PATCH, left : left + PATCH]
