"""The frozen classifier, as it ships: the ONNX weights of a model folder."""

import json
from pathlib import Path

import numpy as np
import onnxruntime

from ..measure import MARGIN
from ..outputs import OUTPUTS
from .rows import FIELDS

BATCH = 64


class Classifier:
    """`manifest`, `sha256` of the weights, and `width` of its features (0 where it gives none)."""

    def __init__(self, folder: Path, variant: str):
        self.manifest = json.loads((folder / "manifest.json").read_text())
        check(self.manifest)
        chosen = [weights for weights in self.manifest["weights"] if weights["variant"] == variant]
        if not chosen:
            raise SystemExit(f"{folder} has no {variant} weights.")
        available = onnxruntime.get_available_providers()
        providers = [name for name in ("CUDAExecutionProvider", "CPUExecutionProvider") if name in available]
        self.session = onnxruntime.InferenceSession(str(folder / chosen[0]["file"]), providers=providers)
        self.sha256 = chosen[0]["sha256"]
        self.features = self.manifest["outputs"].get("features")
        self.width = self.features["size"] if self.features else 0
        self.size = self.manifest["input"]["size"]

    def __call__(self, crops: np.ndarray) -> dict[str, np.ndarray]:
        """Crops N,3,S,S in 0..1 → `logits` N,4 in the order of OUTPUTS, `map` N,M,M logits, `features` N,width."""
        outputs = self.manifest["outputs"]
        names = [outputs["logits"], outputs["map"]["name"], *([self.features["name"]] if self.features else [])]
        parts = [
            self.session.run(names, {self.manifest["input"]["name"]: crops[at : at + BATCH]})
            for at in range(0, len(crops), BATCH)
        ]
        logits, maps, *features = (np.concatenate(part) for part in zip(*parts))
        order = [outputs["order"].index(name) for name in OUTPUTS]
        empty = np.zeros((len(crops), 0), np.float32)
        return {"logits": logits[:, order], "map": maps.reshape(len(crops), *maps.shape[-2:]), "features": features[0] if features else empty}


def check(manifest: dict) -> None:
    """Whether a head can be trained for this classifier: the same conditions as the detector sets."""
    entry, outputs = manifest["input"], manifest["outputs"]
    plain = entry["layout"] == "nchw" and entry["mean"] == [0, 0, 0] and entry["deviation"] == [1, 1, 1]
    if not plain or entry["margin"] != MARGIN:
        raise SystemExit(f"The trainer feeds RGB 0..1, channels first, margin {MARGIN}; {manifest['id']} wants something else.")
    if sorted(outputs["order"]) != sorted(OUTPUTS) or not outputs["map"] or outputs["map"]["size"] % FIELDS:
        raise SystemExit(f"A temporal head needs the outputs {', '.join(OUTPUTS)} and a map whose side {FIELDS} divides.")
    if outputs.get("unit", "logit") != "logit":
        raise SystemExit(f"A temporal head needs logits; {manifest['id']} gives probabilities.")
