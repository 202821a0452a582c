"""Trains a classifier. Reads from top to bottom; every default is in `arguments`.

    python -m unswap_trainer.train --data prepared/ --out runs/first
"""

import argparse
import copy
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
from .log import add_figures, add_step, refuse_divergence, start_logs
from .measure import evaluate, evaluate_forged
from .network import BACKBONES, Classifier
from .picture import save_batch
from .precision import PRECISIONS, Precision, descend

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
    parser.add_argument("--evaluate-every", type=int, default=1500, help="and after an eighth, a quarter and a half of it")
    parser.add_argument("--precision", choices=PRECISIONS, help="default: bfloat16, on cards without it float16, on a CPU float32")
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


def early(step: int, every: int) -> bool:
    """Whether figures are due after so many steps: what goes wrong is to be seen long before the end."""
    return step % every == 0 or step in (every // 8, every // 4, every // 2)


def claim(out: Path, options) -> Path:
    """The checkpoint's path; a run that is there is neither written over nor gone on with as another network."""
    checkpoint, run = out / "checkpoint.pt", out / "run.json"
    if checkpoint.exists() and not options.resume:
        raise SystemExit(f"{out} holds a run. Go on with --resume, or name another folder with --out.")
    if options.resume and run.exists():
        before = json.loads(run.read_text())
        for name in ("backbone", "size"):
            if before[name] != getattr(options, name):
                raise SystemExit(f"The run in {out} has --{name} {before[name]}: go on with that, or name another folder.")
    return checkpoint


def held_out_sampler(crops, device, options) -> Sampler | None:
    """Of the real faces of the val split; without them there are no figures on forgeries of unseen faces."""
    real = (crops.column("split") == "val") & ~crops.is_fake()
    return Sampler(crops, device, options.size, options.pairs, 0, "val") if real.any() else None


def main() -> None:
    options = arguments()
    out, device = Path(options.out), torch.device(options.device)
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = claim(out, options)
    seed_everything(options.seed)
    precision = Precision(device, options.precision)
    autocast = precision.autocast
    print(f"{device}, {precision.name}", flush=True)

    crops = load_crops(options.data)
    sampler = Sampler(crops, device, options.size, options.pairs, options.labelled)
    held_out = held_out_sampler(crops, device, options)
    network = Classifier(options.backbone).to(device, memory_format=torch.channels_last)
    average = copy.deepcopy(network).eval().requires_grad_(False)
    networks = make_autoencoders().to(device)
    decayed = [weight for weight in network.parameters() if weight.ndim > 1]
    plain = [weight for weight in network.parameters() if weight.ndim <= 1]
    optimiser = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.05}, {"params": plain, "weight_decay": 0}])
    forging = torch.optim.Adam(networks.parameters(), lr=1e-3)
    scaler, forging_scaler = precision.scaler(), precision.scaler()
    parts = {"network": network, "average": average, "autoencoders": networks, "optimiser": optimiser, "forging": forging}
    parts |= {"scaler": scaler, "forging_scaler": forging_scaler}

    start = 0
    if options.resume and checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        for name, part in parts.items():
            if saved.get(name):  # a scaler has no state in other numbers than float16
                part.load_state_dict(saved[name])
        start = saved["step"]
        # a different stream of random numbers than the first time through, but the same each time it is resumed here
        seed_everything(options.seed + start)
    else:
        for _ in range(options.warm_autoencoders):
            faces = sampler.pictures(sampler.draw(sampler.real, min(options.pairs, 96)))
            loss = sum(reconstruction_loss(each, faces, autocast) for each in networks)
            descend(loss, forging, forging_scaler)
    start_logs(out, start)

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
        descend(classification + MAP_WEIGHT * maps, optimiser, scaler, 5.0)
        follow(average, network, step)
        if step % 8 == 0:
            each = networks[(step // 8) % len(networks)]
            descend(reconstruction_loss(each, batch.reals[:96], autocast), forging, forging_scaler)
        last = step + 1 == options.steps
        if step % 20 == 0 or last:
            speed = (step + 1 - start) * len(batch.crops) / (time.monotonic() - began)
            row = [step, f"{rate:.2e}", f"{classification.item():.4f}", f"{maps.item():.4f}", f"{speed:.0f}"]
            refuse_divergence(step, classification.item(), maps.item())
            add_step(out, row)
            print("step {} rate {} classification {} map {} crops/s {}".format(*row), flush=True)
        if early(step + 1, options.evaluate_every) or last:
            refuse_divergence(step, *(float(weights.sum()) for weights in average.state_dict().values()))
            figures = evaluate(average, crops, options.size, device, autocast)
            figures |= evaluate_forged(average, held_out, networks, autocast)
            add_figures(out, step + 1, figures)
            print(json.dumps({"step": step + 1, **figures}), flush=True)
            states = {name: part.state_dict() for name, part in parts.items()}
            torch.save({"step": step + 1, **states}, checkpoint.with_suffix(".part"))
            checkpoint.with_suffix(".part").replace(checkpoint)
            run = {"backbone": options.backbone, "size": options.size, "figures": figures, "options": vars(options)}
            (out / "run.json").write_text(json.dumps(run, indent=2) + "\n")


if __name__ == "__main__":
    main()
