"""Trains a classifier. Reads from top to bottom; every default is in `arguments`.

    python -m unswap_trainer.train --data prepared/ --out runs/first
"""

import argparse
import copy
import csv
import json
import math
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from .batch import Batch, Sampler
from .crops import load_crops
from .forge.autoencoder import autoencoders as make_autoencoders
from .measure import evaluate
from .network import BACKBONES, Classifier
from .picture import save_batch

LABEL_SMOOTHING = 0.02
FAMILY_WEIGHT = 0.25
MAP_WEIGHT = 0.5


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", required=True, help="folders that `unswap dataset preprocess` wrote")
    parser.add_argument("--out", required=True, help="folder for the run: checkpoint, log, pictures")
    parser.add_argument("--backbone", choices=sorted(BACKBONES), default="xception")
    parser.add_argument("--steps", type=int, default=12_000)
    parser.add_argument("--pairs", type=int, default=128, help="real/forged pairs a step")
    parser.add_argument("--labelled", type=int, default=64, help="labelled fakes and their reals a step")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--warm-autoencoders", type=int, default=400, help="steps of the autoencoders alone")
    parser.add_argument("--evaluate-every", type=int, default=1500)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    return parser.parse_args()


def seed_everything(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def loss_of(network, batch: Batch, autocast) -> tuple[torch.Tensor, torch.Tensor]:
    with autocast():
        logits, maps = network(batch.crops)
    smooth = batch.targets * (1 - 2 * LABEL_SMOOTHING) + LABEL_SMOOTHING
    per_output = F.binary_cross_entropy_with_logits(logits.float(), smooth, reduction="none") * batch.target_weights
    per_output = per_output * torch.tensor([1.0] + [FAMILY_WEIGHT] * 3, device=per_output.device)
    per_map = F.binary_cross_entropy_with_logits(maps.float(), batch.maps, reduction="none").mean((1, 2, 3))
    return per_output.sum(1).mean(), (per_map * batch.map_weights).mean()


def reconstruction_loss(network, pictures, autocast) -> torch.Tensor:
    """Absolute error of colours and of horizontal differences, which keeps edges."""
    with autocast():
        rendered = network(pictures)
    error = rendered.float() - pictures
    return error.abs().mean() + 0.3 * (error[..., 1:] - error[..., :-1]).abs().mean()


def rate_at(step: int, steps: int, highest: float) -> float:
    """Warm-up over 400 steps (or a tenth of a short run), then a cosine down to a hundredth."""
    warm = min(400, max(1, steps // 10))
    return highest * min(1, (step + 1) / warm) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * step / steps)))


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, step: int) -> None:
    """Exponential moving average of the weights, with a short memory at the start."""
    share = 1 - min(0.999, (1 + step) / (20 + step))
    for slow, fast in zip(average.state_dict().values(), network.state_dict().values()):
        if slow.dtype.is_floating_point:
            slow.lerp_(fast, share)
        else:
            slow.copy_(fast)


def main() -> None:
    options = arguments()
    out, device = Path(options.out), torch.device(options.device)
    out.mkdir(parents=True, exist_ok=True)
    seed_everything(options.seed)
    autocast = lambda: torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda")  # noqa: E731

    crops = load_crops(options.data)
    sampler = Sampler(crops, device, options.size, options.pairs, options.labelled)
    network = Classifier(options.backbone).to(device, memory_format=torch.channels_last)
    average = copy.deepcopy(network).eval().requires_grad_(False)
    networks = make_autoencoders().to(device)
    decayed = [weight for weight in network.parameters() if weight.ndim > 1]
    plain = [weight for weight in network.parameters() if weight.ndim <= 1]
    optimiser = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.05}, {"params": plain, "weight_decay": 0}])
    forging = torch.optim.Adam(networks.parameters(), lr=1e-3)
    parts = {"network": network, "average": average, "autoencoders": networks, "optimiser": optimiser, "forging": forging}

    start, checkpoint = 0, out / "checkpoint.pt"
    if options.resume and checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        for name, part in parts.items():
            part.load_state_dict(saved[name])
        start = saved["step"]
        # a different stream of random numbers than the first time through, but the same each time it is resumed here
        seed_everything(options.seed + start)
    else:
        for _ in range(options.warm_autoencoders):
            faces = sampler.pictures(sampler.draw(sampler.real, min(options.pairs, 96)))
            loss = sum(reconstruction_loss(each, faces, autocast) for each in networks)
            forging.zero_grad()
            loss.backward()
            forging.step()
        (out / "log.csv").write_text("step,rate,classification,map,crops_per_second\n")

    began = time.monotonic()
    for step in range(start, options.steps):
        network.train()
        batch = sampler.batch(networks, autocast)
        if step == start:
            save_batch(out / "forgeries.png", batch, options.pairs)
        rate = rate_at(step, options.steps, options.rate)
        for group in optimiser.param_groups:
            group["lr"] = rate
        classification, maps = loss_of(network, batch, autocast)
        optimiser.zero_grad(set_to_none=True)
        (classification + MAP_WEIGHT * maps).backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        follow(average, network, step)
        if step % 8 == 0:
            each = networks[(step // 8) % len(networks)]
            forging.zero_grad()
            reconstruction_loss(each, batch.reals[:96], autocast).backward()
            forging.step()
        last = step + 1 == options.steps
        if step % 20 == 0 or last:
            speed = (step + 1 - start) * len(batch.crops) / (time.monotonic() - began)
            row = [step, f"{rate:.2e}", f"{classification.item():.4f}", f"{maps.item():.4f}", f"{speed:.0f}"]
            with open(out / "log.csv", "a", newline="") as log:
                csv.writer(log).writerow(row)
            print("step {} rate {} classification {} map {} crops/s {}".format(*row), flush=True)
        if (step + 1) % options.evaluate_every == 0 or last:
            figures = evaluate(average, crops, options.size, device, autocast)
            print(json.dumps({"step": step + 1, **figures}), flush=True)
            states = {name: part.state_dict() for name, part in parts.items()}
            torch.save({"step": step + 1, **states}, checkpoint.with_suffix(".part"))
            checkpoint.with_suffix(".part").replace(checkpoint)
            run = {"backbone": options.backbone, "size": options.size, "figures": figures, "options": vars(options)}
            (out / "run.json").write_text(json.dumps(run, indent=2) + "\n")


if __name__ == "__main__":
    main()
