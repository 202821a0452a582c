"""Figures of a temporal head on held-out clips, beside those of the classifier's mean logit on the same clips.

    python -m unswap_trainer.temporal.evaluate --clips runs/clips --run runs/temporal --split test
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from ..measure import rank_auc
from .network import Head
from .sequences import Sequences, load

LENGTHS = [(4, 8), (9, 16), (17, 10_000)]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", required=True)
    parser.add_argument("--run", required=True, help="folder that `temporal.train` wrote")
    parser.add_argument("--split", nargs="+", default=["test"])
    parser.add_argument("--out", help="also write the figures to this JSON file")
    return parser.parse_args()


def load_head(folder: Path) -> Head:
    run = json.loads((folder / "run.json").read_text())
    head = Head(run["about"]["features"], run["channels"]).eval()
    head.load_state_dict(torch.load(folder / "head.pt", map_location="cpu", weights_only=True))
    return head


@torch.no_grad()
def logits_of(head: Head, sequences: Sequences) -> np.ndarray:
    rows, mask = torch.from_numpy(sequences.rows), torch.from_numpy(sequences.mask())
    device = head.mean.device
    return np.concatenate([head(r.to(device), m.to(device)).cpu().numpy() for r, m in zip(rows.split(256), mask.split(256))])


def figures_of(head: Head, sequences: Sequences, splits: list[str]) -> dict:
    """Area under the ROC curve of the head and of the classifier's mean logit, over all and per kind of forgery (all
    reals against it) and length; and the head's false alarms and misses at logit 0."""
    own = sequences.of(np.isin(sequences.split, splits))
    if not len(own):
        raise SystemExit(f"There are no sequences of the split {', '.join(splits)}: there are {', '.join(sorted(set(sequences.split)))}.")
    head_logits, mean_logits = logits_of(head, own), own.mean_logits()

    def compared(chosen: np.ndarray) -> dict:
        fake = own.fake[chosen]
        aucs = [rank_auc(logits[chosen], fake) for logits in (head_logits, mean_logits)]
        return {"clips": int(chosen.sum()), **{name: rounded(auc) for name, auc in zip(("auc", "auc_of_mean_logit"), aucs)}}

    kinds = sorted(set(own.kind[own.fake]))
    spans = {f"{low}-{high if high < 10_000 else ''}": (own.lengths >= low) & (own.lengths <= high) for low, high in LENGTHS}
    return {
        "splits": splits,
        **compared(np.ones(len(own), bool)),
        "false_positive_rate": rounded((head_logits[~own.fake] > 0).mean()),
        "false_negative_rate": rounded((head_logits[own.fake] <= 0).mean()),
        "kinds": {kind: compared(~own.fake | (own.kind == kind)) for kind in kinds},
        "frames": {name: compared(chosen) for name, chosen in spans.items() if chosen.any()},
    }


def rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)


def main() -> None:
    options = arguments()
    figures = figures_of(load_head(Path(options.run)), load(Path(options.clips)), options.split)
    text = json.dumps(figures, indent=2)
    print(text)
    if options.out:
        Path(options.out).write_text(text + "\n")


if __name__ == "__main__":
    main()
