"""A tiny prepared data set of clips, drawn: a face that drifts and nods, and a model folder of an untrained classifier."""

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
import torch

from miniature import SIZE, mesh_points, portrait
from unswap_trainer.export import export_onnx
from unswap_trainer.network import Classifier
from unswap_trainer.outputs import OUTPUTS

FRAMES = 5


def write(folder: Path, videos: int = 6) -> Path:
    """Real clips of two people each in train, val and test; a third of the clips again, blurred, as labelled fakes."""
    generator = np.random.default_rng(7)
    folder.mkdir(parents=True)
    rows, pictures, points = [], [], []
    for video in range(videos):
        face, mesh = portrait(generator), mesh_points(generator)
        for label in ["real", "fake"] if video % 3 == 0 else ["real"]:
            for frame in range(FRAMES):
                nod = np.float32([[1, 0, frame], [0, 1, 2 * np.sin(frame)]])
                picture = cv2.warpAffine(face, nod, (SIZE, SIZE), borderMode=cv2.BORDER_REPLICATE)
                if label == "fake":
                    picture = cv2.GaussianBlur(picture, (0, 0), 1 + frame % 2)
                pictures.append(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes())
                points.append(mesh + nod[:, 2] / SIZE + generator.normal(0, 0.001, mesh.shape))
                split = ["train", "train", "val", "train", "train", "test"][video % 6]
                rows.append(
                    {
                        "shard": "shard-0000", "row": len(rows), "offset": sum(map(len, pictures[:-1])), "bytes": len(pictures[-1]),
                        "size": SIZE, "margin": 1.6, "source": "drawn", "path": f"{label}/{video}.mp4", "video": f"{video}",
                        "identity": f"p{video}", "split": split, "label": label, "family": None, "seconds": 0.3 * frame,
                        "quality": {"side": 200.0},
                    }  # fmt: skip
                )
    (folder / "shard-0000.jpg.bin").write_bytes(b"".join(pictures))
    np.clip(np.round((np.stack(points) + 0.5) / 2 * 65535), 0, 65535).astype("<u2").tofile(folder / "shard-0000.points.bin")
    (folder / "index.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def write_model(folder: Path, features: bool) -> Path:
    torch.manual_seed(4)
    folder.mkdir(parents=True)
    network, file = Classifier("small").eval(), folder / "model.onnx"
    export_onnx(network, 224, file, features)
    outputs = {"logits": "logits", "order": OUTPUTS, "map": {"name": "manipulation_map", "size": 28}}
    if features:
        outputs["features"] = {"name": "features", "size": network.head.in_features}
    manifest = {
        "id": folder.name,
        "weights": [{"variant": "float", "file": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}],
        "input": {"name": "crops", "size": 224, "margin": 1.3, "layout": "nchw", "mean": [0, 0, 0], "deviation": [1, 1, 1]},
        "outputs": outputs,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder
