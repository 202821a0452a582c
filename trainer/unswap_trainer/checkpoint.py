"""A run's checkpoint: written whole or not at all, and enough to go on as if nothing had happened."""

import json
import signal
from pathlib import Path

import torch

from .schedule import Progress


class StopSignal:
    """Remembers SIGTERM and SIGINT, so that the loop ends after its step and saves."""

    def __init__(self):
        self.received = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.receive)

    def receive(self, number, frame) -> None:
        self.received = True


def checkpoint_path(out: Path, options) -> Path:
    """A run that is there is neither written over nor gone on with as another network."""
    checkpoint, run = out / "checkpoint.pt", out / "run.json"
    if checkpoint.exists() and not options.resume:
        raise SystemExit(f"{out} holds a run. Go on with --resume, or name another folder with --out.")
    if options.resume and run.exists():
        before = json.loads(run.read_text())
        for name in ("backbone", "size"):
            if before[name] != getattr(options, name):
                raise SystemExit(
                    f"The run in {out} has --{name} {before[name]}: go on with that, or name another folder."
                )
    return checkpoint


def save_checkpoint(file: Path, progress: Progress, parts: dict, device: torch.device) -> None:
    """Under another name first: a kill while writing leaves the checkpoint before."""
    random = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        random["cuda"] = torch.cuda.get_rng_state(device)
    states = {name: part.state_dict() for name, part in parts.items()}
    whole = {"step": progress.step, "seconds": progress.spent(), "random": random, **states}
    torch.save(whole, file.with_suffix(".part"))
    file.with_suffix(".part").replace(file)


def restore_checkpoint(file: Path, progress: Progress, parts: dict, device: torch.device) -> None:
    saved = torch.load(file, map_location=device, weights_only=True)
    for name, part in parts.items():
        if saved.get(name):  # a scaler has no state in other numbers than float16
            part.load_state_dict(saved[name])
    progress.step, progress.seconds = saved["step"], saved["seconds"]
    torch.set_rng_state(saved["random"]["cpu"].cpu())
    if device.type == "cuda":
        torch.cuda.set_rng_state(saved["random"]["cuda"].cpu(), device)
