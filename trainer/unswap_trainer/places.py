"""A classifier by where it lies: an .onnx file, a model folder, or a run (its best step)."""

import json
from pathlib import Path

from .export import export_onnx
from .network import Classifier
from .run import BEST, load_run
from .weights import float_file, fold_batch_norm, load_onnx


def is_run(place: Path) -> bool:
    return (place / "run.json").exists()


def load_classifier(place: Path, backbone: str = "xception", size: int = 224, checkpoint: str = BEST) -> Classifier:
    """Folded, in evaluation mode. Of a run its own backbone and size count."""
    if is_run(place):
        return fold_batch_norm(load_run(place, checkpoint))
    network = fold_batch_norm(Classifier(backbone))
    load_onnx(network, float_file(place), size)
    return network


def onnx_file(place: Path) -> Path:
    """The float file; a run's best step is exported beside it, again when it has changed."""
    if not is_run(place):
        return float_file(place)
    file, best = place / "best.onnx", place / BEST
    if not file.exists() or file.stat().st_mtime < best.stat().st_mtime:
        export_onnx(load_classifier(place), json.loads((place / "run.json").read_text())["size"], file)
    return file
