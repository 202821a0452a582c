"""A run's folder: `run.json` says what was trained, `checkpoint.pt` is its last step, `best.pt` the best by validation."""

import json
from pathlib import Path

import torch

from .network import Classifier
from .weights import fold_batch_norm

BEST, LAST = "best.pt", "checkpoint.pt"


def write_run(out: Path, options, figures: dict) -> None:
    run = {"backbone": options.backbone, "size": options.size, "folded": bool(options.start)}
    (out / "run.json").write_text(json.dumps(run | {"figures": figures, "options": vars(options)}, indent=2) + "\n")


def load_average(run: Path, network: torch.nn.Module, checkpoint: str = BEST) -> None:
    """Fills the network with the averaged weights of a run."""
    saved = torch.load(run / checkpoint, map_location="cpu", weights_only=True)["average"]
    network.load_state_dict({key.removeprefix("module."): value for key, value in saved.items() if key != "n_averaged"})


def load_run(run: Path, checkpoint: str = BEST) -> Classifier:
    """The averaged network of a run, in evaluation mode."""
    about = json.loads((run / "run.json").read_text())
    network = Classifier(about["backbone"]).eval()
    if about["folded"]:
        fold_batch_norm(network)
    load_average(run, network, checkpoint)
    return network
