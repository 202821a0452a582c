"""Exports a temporal head into the folder of its classifier: temporal.onnx, temporal-golden.json, and its entry in
manifest.json.

    python -m unswap_trainer.temporal.export --clips runs/clips --run runs/temporal --model models/ff-1
"""

import argparse
import json
from datetime import date
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from ..export import PARITY, sha256
from .evaluate import load_head
from .network import Head
from .sequences import Sequences, load

GOLDEN_CLIPS = 4
GOLDEN_FRAMES = 8
TOLERANCE = 0.01


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", required=True)
    parser.add_argument("--run", required=True, help="folder that `temporal.train` wrote")
    parser.add_argument("--model", required=True, help="folder of the classifier that the clips were prepared with")
    return parser.parse_args()


def export_onnx(head: Head, width: int, file: Path) -> None:
    torch.onnx.export(
        head,
        (torch.rand(2, 8, width), torch.ones(2, 8)),
        str(file),
        input_names=["rows", "mask"],
        output_names=["logit"],
        dynamic_axes={"rows": {0: "n", 1: "frames"}, "mask": {0: "n", 1: "frames"}, "logit": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )


def run_onnx(file: Path, rows: np.ndarray, mask: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    return session.run(["logit"], {"rows": rows, "mask": mask})[0]


def difference(head: Head, file: Path, sequences: Sequences) -> float:
    """Largest difference of PyTorch and ONNX in logits: batches of clips of unequal length, and each clip alone."""
    rows, mask = sequences.rows, sequences.mask()
    with torch.no_grad():
        expected = head(torch.from_numpy(rows), torch.from_numpy(mask)).numpy()
    together = run_onnx(file, rows, mask)
    alone = [run_onnx(file, rows[at : at + 1, :length], mask[at : at + 1, :length])[0] for at, length in enumerate(sequences.lengths)]
    return float(max(np.abs(together - expected).max(), np.abs(np.array(alone) - expected).max()))


def golden_clips(sequences: Sequences) -> list[np.ndarray]:
    """The first frames of real and fake clips, in turn, of the held-out splits (of train when there is no other)."""
    held_out = np.flatnonzero(sequences.split != "train")
    chosen = held_out if len(held_out) >= GOLDEN_CLIPS else np.arange(len(sequences))
    turns = [np.flatnonzero(sequences.fake[chosen] == fake) for fake in (False, True)]
    rows = [chosen[at] for pair in zip(*turns) for at in pair][:GOLDEN_CLIPS]
    return [np.round(sequences.rows[at, : min(sequences.lengths[at], GOLDEN_FRAMES)].astype(np.float64), 4) for at in rows]


def main() -> None:
    options = arguments()
    folder, run = Path(options.model), Path(options.run)
    sequences, head = load(Path(options.clips)), load_head(run)
    manifest = json.loads((folder / "manifest.json").read_text())
    about = sequences.about
    if manifest["id"] != about["model"] or about["sha256"] not in [weights["sha256"] for weights in manifest["weights"]]:
        raise SystemExit(f"The clips are of {about['model']} with other weights than {folder} holds: prepare them again.")
    model = folder / "temporal.onnx"
    export_onnx(head, sequences.rows.shape[2], model)
    strayed = difference(head, model, sequences.of(np.arange(len(sequences)) < 64))
    print(f"PyTorch and ONNX differ by at most {strayed:.2e} in logits")
    if strayed > PARITY:
        model.unlink()
        raise SystemExit(f"The exported head strays from PyTorch by {strayed:.2e} (allowed {PARITY}).")
    clips = golden_clips(sequences)
    golden = [
        {"rows": rows.tolist(), "logit": round(float(run_onnx(model, rows[None].astype(np.float32), np.ones((1, len(rows)), np.float32))[0]), 5)}
        for rows in clips
    ]
    (folder / "temporal-golden.json").write_text(json.dumps({"tolerance": TOLERANCE, "clips": golden}) + "\n")
    facts = json.loads((run / "run.json").read_text())
    manifest["temporal"] = {
        "file": model.name,
        "sha256": sha256(model),
        "bytes": model.stat().st_size,
        "frames": int(sequences.rows.shape[1]),
        "training": {"summary": json.dumps({"figures": facts["figures"], "options": facts["options"]}), "date": str(date.today())},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    print(f"Wrote {model} and named it in the manifest. Reports show its logit; no verdict rests on it.")


if __name__ == "__main__":
    main()
