"""Trains a temporal head on the sequences that `prepare` wrote.

    python -m unswap_trainer.temporal.train --clips runs/clips --out runs/temporal
"""

import argparse
import csv
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from ..schedule import rate_share
from ..seed import seed_everything
from .clips import FEWEST_FRAMES
from .evaluate import figures_of
from .network import CHANNELS, Head
from .rows import CHANGE, FRAME, GAP
from .sequences import Sequences, load

LABEL_SMOOTHING = 0.02
# The columns that the classifier gives (logits, map, features) are hidden in this share of a batch, or the head would
# only repeat them.
BLIND = 0.25


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", required=True, help="folder that `prepare` wrote")
    parser.add_argument("--out", required=True)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--channels", type=int, default=CHANNELS)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def measure_rows(head: Head, sequences: Sequences) -> None:
    """Sets the head's mean and spread to those of the frames of the sequences."""
    frames = sequences.rows[sequences.mask() > 0]
    head.mean.copy_(torch.from_numpy(frames.mean(0)))
    head.spread.copy_(torch.from_numpy(frames.std(0)).clamp_min(1e-3))


def cut(rows: np.ndarray, lengths: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A random stretch of each sequence; what compares with the row before is nothing in its first."""
    done, mask = np.zeros_like(rows), np.zeros(rows.shape[:2], np.float32)
    for at, length in enumerate(lengths):
        count = length if generator.random() < 0.5 else int(generator.integers(min(FEWEST_FRAMES, length), length + 1))
        start = int(generator.integers(0, length - count + 1))
        done[at, :count], mask[at, :count] = rows[at, start : start + count], 1
        done[at, 0, [CHANGE, GAP]] = 0
    return done, mask


def blind(rows: torch.Tensor) -> torch.Tensor:
    """Normalised rows n,T,D with the classifier's columns at their mean, 0, in some of the sequences."""
    seen = (torch.rand(len(rows), 1, 1, device=rows.device) >= BLIND).float()
    by_classifier = torch.ones(rows.shape[-1], device=rows.device)
    by_classifier[FRAME] = 0
    return rows * (1 - by_classifier * (1 - seen))


def main() -> None:
    options = arguments()
    out, device = Path(options.out), torch.device(options.device)
    out.mkdir(parents=True, exist_ok=True)
    seed_everything(options.seed)
    generator = np.random.default_rng(options.seed)
    sequences = load(Path(options.clips))
    train = sequences.of(sequences.split == "train")
    head = Head(sequences.about["features"], options.channels).to(device)
    measure_rows(head, train)
    print(f"{sum(weight.numel() for weight in head.parameters())} weights, {len(train)} sequences")
    optimiser = torch.optim.AdamW(head.parameters(), lr=options.rate, weight_decay=0.02)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: rate_share(step / options.steps))
    with open(out / "log.csv", "w", newline="") as log:
        csv.writer(log).writerow(["step", "rate", "loss"])
    pools = [np.flatnonzero(~train.fake), np.flatnonzero(train.fake)]
    for step in range(options.steps):
        head.train()
        chosen = np.concatenate([generator.choice(pool, options.batch // 2) for pool in pools])
        rows, mask = (torch.from_numpy(part).to(device) for part in cut(train.rows[chosen], train.lengths[chosen], generator))
        target = torch.from_numpy(train.fake[chosen]).float().to(device)
        logit = head.judge(blind(head.normalise(rows)), mask)
        loss = F.binary_cross_entropy_with_logits(logit, target * (1 - 2 * LABEL_SMOOTHING) + LABEL_SMOOTHING)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(head.parameters(), 1.0)
        optimiser.step()
        scheduler.step()
        last = step + 1 == options.steps
        if step % 50 == 0 or last:
            with open(out / "log.csv", "a", newline="") as log:
                csv.writer(log).writerow([step, f"{optimiser.param_groups[0]['lr']:.2e}", f"{loss.item():.4f}"])
        if step % 500 == 499 or last:
            figures = figures_of(head.eval(), sequences, [name for name in set(sequences.split) if name == "val"] or ["train"])
            print(json.dumps({"step": step + 1, "loss": round(loss.item(), 4), **figures}), flush=True)
    run = {"channels": options.channels, "about": sequences.about, "options": vars(options), "figures": figures}
    torch.save(head.cpu().state_dict(), out / "head.pt")
    (out / "run.json").write_text(json.dumps(run, indent=2) + "\n")


if __name__ == "__main__":
    main()
