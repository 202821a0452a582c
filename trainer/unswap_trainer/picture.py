"""Pictures of what the network is shown: forgeries are to be looked at, not trusted."""

from pathlib import Path

import cv2
import torch
import torch.nn.functional as F

from .batch import Batch


def save_batch(file: Path, batch: Batch, pairs: int, most: int = 16) -> None:
    """Rows: the real crop, its forgery, the manipulation map; a column per pair."""
    shown, size = min(most, pairs), batch.crops.shape[-1]
    maps = F.interpolate(batch.maps[pairs : pairs + shown], size=(size, size)).expand(-1, 3, -1, -1)
    lines = [batch.crops[:shown], batch.crops[pairs : pairs + shown], maps]
    sheet = torch.cat([torch.cat(list(line), 2) for line in lines], 1)
    cv2.imwrite(str(file), (sheet.permute(1, 2, 0).cpu().numpy()[..., ::-1] * 255).round().astype("uint8"))
