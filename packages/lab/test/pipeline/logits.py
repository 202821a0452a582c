"""Logits of prepared crops as the trainer evaluates them, by an exported model: one JSON line per row.

    python logits.py <prepared> <model folder>
"""

import json
import sys

import onnxruntime

from unswap_trainer.crops import load_crops
from unswap_trainer.measure import canonical_view

prepared, model = sys.argv[1:3]
session = onnxruntime.InferenceSession(f"{model}/model.onnx")
crops = load_crops([prepared])
view = canonical_view(crops.pixels.float() / 255, 224).numpy()
for row, logits in zip(crops.rows, session.run(["logits"], {"crops": view})[0]):
    print(json.dumps({"size": row["size"], "logit": float(logits[0])}))
