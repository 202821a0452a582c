"""Pictures of forged clips: they are to be looked at, not trusted."""

from pathlib import Path

import cv2
import numpy as np
import torch

SHOWN = 8
CAPTION = 22


def save_sheet(file: Path, views: torch.Tensor, kinds: list[str], pairs: int = 6) -> None:
    """views P,2,T,3,S,S: for each pair a line of the real clip's frames and under it a line of its fake's; kinds 2P."""
    lines = []
    for at, clips in enumerate(views[:pairs]):
        for side, clip in enumerate(clips):
            frames = clip[:SHOWN].permute(0, 2, 3, 1).cpu().numpy()
            picture = (np.concatenate(list(frames), 1)[..., ::-1] * 255).round().astype(np.uint8)
            caption = np.full((CAPTION, picture.shape[1], 3), 255, np.uint8)
            cv2.putText(caption, kinds[2 * at + side], (6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
            lines += [caption, picture]
    cv2.imwrite(str(file), np.concatenate(lines))
