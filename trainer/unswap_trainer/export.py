"""Exports a run as a model folder that the detector loads: model.onnx, manifest.json, golden.json and its crops.

    python -m unswap_trainer.export --run runs/first --data prepared/ --id xception-2 --out models/xception-2
"""

import argparse
import hashlib
import json
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from .crops import Crops, load_crops
from .measure import canonical_view, spread
from .network import Classifier
from .outputs import FAMILIES, OUTPUTS
from .quantise import compare, quantise
from .run import BEST, load_run

GOLDEN_CROPS = 6
FLOAT_TOLERANCE = 0.01
INT8_TOLERANCE = 0.5
PARITY = 1e-3


def arguments(words: list[str] | None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", required=True)
    parser.add_argument("--checkpoint", default=BEST, help="best.pt (the best step by validation) or checkpoint.pt (the last)")
    parser.add_argument("--data", nargs="+", required=True, help="prepared data: golden crops and INT8 ranges come from it")
    parser.add_argument("--id", required=True, help="lower-case letters, digits, dots and dashes")
    parser.add_argument("--out", required=True)
    parser.add_argument("--golden", help="model folder whose golden crops are taken, where the data's may not be published")
    parser.add_argument("--licence", default="unstated", help="what the training pictures allow")
    parser.add_argument("--features", action="store_true", help="an output more: features, for a temporal head")
    parser.add_argument("--int8", action="store_true", help="also quantise; dropped when it strays from the float model")
    return parser.parse_args(words)


class Describing(torch.nn.Module):
    def __init__(self, network: Classifier):
        super().__init__()
        self.network = network

    def forward(self, crops):
        return self.network.describe(crops)


def export_onnx(network: Classifier, size: int, file: Path, features: bool = False) -> None:
    names = ["logits", "manipulation_map", *(["features"] if features else [])]
    torch.onnx.export(
        Describing(network).eval() if features else network,
        (torch.rand(2, 3, size, size),),
        str(file),
        input_names=["crops"],
        output_names=names,
        dynamic_axes={name: {0: "n"} for name in ("crops", *names)},
        opset_version=17,
        dynamo=False,
    )


def store_half(file: Path, half_file: Path) -> None:
    """Large weights stored as float16 and cast when loaded: half the file, computed in float32."""
    model = onnx.load(str(file))
    graph, casts = model.graph, []
    for tensor in list(graph.initializer):
        if tensor.data_type == TensorProto.FLOAT and np.prod(tensor.dims) >= 1024:
            half = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), f"{tensor.name}_half")
            graph.initializer.remove(tensor)
            graph.initializer.append(half)
            casts.append(helper.make_node("Cast", [half.name], [tensor.name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, str(half_file))


def halve(model: Path, pictures: np.ndarray, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Stores the weights in float16 unless that moves a logit too far; → logits and maps of the model as it is left."""
    half_file = model.with_name("half.onnx")
    store_half(model, half_file)
    logits, maps = run_onnx(half_file, pictures)
    moved = float(np.abs(logits - expected).max())
    print(f"float16 weights move logits by at most {moved:.2e}")
    if moved <= FLOAT_TOLERANCE:
        half_file.replace(model)
        return logits, maps
    half_file.unlink()
    print(f"That is more than {FLOAT_TOLERANCE}: the weights stay in float32")
    return run_onnx(model, pictures)


def eight_bits_hold(large: Path, small: Path, crops: Crops, size: int, moved: float) -> bool:
    compared = compare(large, small, crops, size)
    lost = "" if compared.auc_lost is None else f", costs {compared.auc_lost:.4f} of AUC"
    otherwise = f"judges {compared.judged_otherwise:.1%} of {compared.crops} crops otherwise"
    print(f"INT8 moves golden logits by at most {moved:.2e}, {otherwise}{lost}")
    kept = moved <= INT8_TOLERANCE and compared.holds()
    if not kept:
        print("That is too much: the model is exported without INT8")
    return kept


def run_onnx(file: Path, crops: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    return tuple(session.run(["logits", "manipulation_map"], {"crops": crops}))


def golden_crops(crops: Crops, size: int) -> np.ndarray:
    """Evenly spread crops of the held-out splits (of train when there is no other), rounded to 8 bits as files are."""
    held_out = np.flatnonzero(crops.column("split") != "train")
    rows = held_out if len(held_out) >= GOLDEN_CROPS else np.arange(len(crops))
    view = canonical_view(crops.pictures(spread(rows, GOLDEN_CROPS)).float() / 255, size)
    return (view.clamp(0, 1) * 255).round().numpy() / np.float32(255)


def borrowed_crops(folder: Path, size: int) -> np.ndarray:
    """The golden crops of another model, n,3,size,size in 0..1."""
    files = [folder / entry["file"] for entry in json.loads((folder / "golden.json").read_text())["crops"]]
    pictures = np.stack([cv2.imread(str(file))[..., ::-1].transpose(2, 0, 1) for file in files])
    if pictures.shape[-1] != size:
        raise SystemExit(f"The golden crops of {folder} have {pictures.shape[-1]} pixels, the network wants {size}.")
    return pictures.astype(np.float32) / np.float32(255)


def write_golden(folder: Path, pictures: np.ndarray, logits: np.ndarray, maps: np.ndarray) -> None:
    (folder / "golden").mkdir(exist_ok=True)
    entries = []
    for at, picture in enumerate(pictures):
        file = folder / "golden" / f"{at}.png"
        cv2.imwrite(str(file), (picture.transpose(1, 2, 0)[..., ::-1] * 255).round().astype(np.uint8))
        entries.append(
            {
                "file": f"golden/{at}.png",
                "sha256": sha256(file),
                "logits": [round(float(value), 4) for value in logits[at]],
                "mapMean": round(float((1 / (1 + np.exp(-maps[at]))).mean()), 5),
            }
        )
    golden = {"tolerance": {"int8": INT8_TOLERANCE, "float": FLOAT_TOLERANCE}, "crops": entries}
    (folder / "golden.json").write_text(json.dumps(golden, indent=2) + "\n")


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def weights(file: Path, variant: str) -> dict:
    return {"variant": variant, "file": file.name, "sha256": sha256(file), "bytes": file.stat().st_size}


def main(words: list[str] | None = None) -> None:
    options = arguments(words)
    run = json.loads((Path(options.run) / "run.json").read_text())
    network = load_run(Path(options.run), options.checkpoint)
    crops, size = load_crops(options.data), run["size"]
    folder = Path(options.out)
    folder.mkdir(parents=True, exist_ok=True)

    model = folder / "model.onnx"
    export_onnx(network, size, model, options.features)
    pictures = borrowed_crops(Path(options.golden), size) if options.golden else golden_crops(crops, size)
    with torch.no_grad():
        expected, maps = (part.numpy() for part in network(torch.from_numpy(pictures)))
    difference = float(np.abs(run_onnx(model, pictures)[0] - expected).max())
    print(f"PyTorch and ONNX differ by at most {difference:.2e} in logits")
    if difference > PARITY:
        raise SystemExit(f"The exported network strays from PyTorch by {difference:.2e} (allowed {PARITY}).")
    # from float32: of halved weights the quantiser would leave every cast, and twice the bytes
    small = quantise(model, crops, size) if options.int8 else None
    shipped, maps = halve(model, pictures, expected)
    files = [weights(model, "float")]
    if small:
        if eight_bits_hold(model, small, crops, size, np.abs(run_onnx(small, pictures)[0] - shipped).max()):
            files.insert(0, weights(small, "int8"))
        else:
            small.unlink()
    write_golden(folder, pictures, shipped, maps)
    manifest = {
        "id": options.id,
        "role": "classifier",
        "description": f"{run['backbone']} with a manipulation map",
        "licence": {"name": options.licence, "source": "trained with unswap_trainer"},
        "weights": files,
        "input": {"name": "crops", "size": size, "margin": 1.3, "layout": "nchw", "mean": [0, 0, 0], "deviation": [1, 1, 1]},
        "outputs": {"logits": "logits", "order": OUTPUTS, "map": {"name": "manipulation_map", "size": size // 8}}
        | ({"features": {"name": "features", "size": network.head.in_features}} if options.features else {}),
        "thresholds": {name: 0.0 for name in OUTPUTS},
        "families": FAMILIES,
        "training": {"summary": json.dumps({"figures": run["figures"], "options": run["options"]}), "date": str(date.today())},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    print(f"Wrote {folder}. Fit its probabilities with `unswap calibrate` before relying on it.")


if __name__ == "__main__":
    main()
