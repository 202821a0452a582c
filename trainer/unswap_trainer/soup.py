"""Averages two classifiers of one ancestry: weights = start + share · (other − start).

    python -m unswap_trainer.soup models/xception-1 runs/mine --share 0.5 --out runs/soup

Each is an .onnx file, a model folder or a run. A share above 1 goes past `other`. The result is a run for `export`.
"""

import argparse
import json
from pathlib import Path

import torch

from .network import BACKBONES, Classifier
from .places import load_classifier
from .run import BEST


def arguments(words: list[str] | None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("start")
    parser.add_argument("other")
    parser.add_argument("--share", type=float, default=0.5, help="of `other` in the mixture")
    parser.add_argument("--backbone", choices=sorted(BACKBONES), default="xception")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--out", required=True)
    return parser.parse_args(words)


@torch.no_grad()
def mix(start: Classifier, other: Classifier, share: float) -> Classifier:
    """Changes `start` in place."""
    for own, theirs in zip(start.parameters(), other.parameters(), strict=True):
        own.lerp_(theirs, share)
    return start


def main(words: list[str] | None = None) -> None:
    options = arguments(words)
    start, other = (
        load_classifier(Path(place), options.backbone, options.size) for place in (options.start, options.other)
    )
    network, out = mix(start, other, options.share), Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    average = {f"module.{name}": value for name, value in network.state_dict().items()}
    torch.save({"average": average}, out / BEST)
    run = {"backbone": options.backbone, "size": options.size, "folded": True, "figures": {}, "options": vars(options)}
    (out / "run.json").write_text(json.dumps(run, indent=2) + "\n")
    print(f"Wrote {out}: {1 - options.share:.2f} of {options.start}, {options.share:.2f} of {options.other}")


if __name__ == "__main__":
    main()
