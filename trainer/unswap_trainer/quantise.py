"""INT8: 8-bit activations and 7-bit weights. The spare bit keeps the 16-bit sums of processors without VNNI from
saturating, which silently changes the logits (onnxruntime's documentation calls it `reduce_range`)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from .crops import Crops
from .measure import canonical_view, rank_auc, spread

RANGE_CROPS = 64
JUDGED_CROPS = 256
# The most that 8 bits may cost on held-out crops: area under the ROC curve, and share of crops judged otherwise.
MOST_AUC_LOST = 0.005
MOST_JUDGED_OTHERWISE = 0.03


class Reader(CalibrationDataReader):
    """Feeds evenly spread crops of the train split, eight at a time, to find the range of each activation."""

    def __init__(self, crops: Crops, size: int):
        rows = spread(np.flatnonzero(crops.column("split") == "train"), RANGE_CROPS)
        self.parts = iter([{"crops": views(crops, part, size)} for part in np.array_split(rows, max(1, len(rows) // 8))])

    def get_next(self):
        return next(self.parts, None)


def quantise(model: Path, crops: Crops, size: int) -> Path:
    """Writes model-int8.onnx beside the float model."""
    prepared, small = model.with_name("prepared.onnx"), model.with_name("model-int8.onnx")
    quant_pre_process(str(model), str(prepared), skip_symbolic_shape=True)
    quantize_static(
        str(prepared),
        str(small),
        Reader(crops, size),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        reduce_range=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
    )
    prepared.unlink()
    return small


def views(crops: Crops, rows: np.ndarray, size: int) -> np.ndarray:
    return canonical_view(crops.pictures(rows).float() / 255, size).numpy()


@dataclass
class Comparison:
    """What 8 bits cost on `crops` held-out ones; `auc_lost` is None where they hold one label alone."""

    crops: int
    auc_lost: float | None
    judged_otherwise: float

    def holds(self) -> bool:
        return (self.auc_lost or 0) <= MOST_AUC_LOST and self.judged_otherwise <= MOST_JUDGED_OTHERWISE


def compare(large: Path, small: Path, crops: Crops, size: int) -> Comparison:
    """Both models on crops of the val split (of train where there is none), as many of each label."""
    split, fake = crops.column("split"), crops.is_fake()
    chosen = split == ("val" if (split == "val").any() else "train")
    rows = np.concatenate([spread(np.flatnonzero(chosen & (fake == label)), JUDGED_CROPS // 2) for label in (False, True)])
    sessions = [onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"]) for file in (large, small)]
    parts = [views(crops, part, size) for part in np.array_split(rows, max(1, len(rows) // 16))]
    before, after = (
        np.concatenate([session.run(["logits"], {"crops": part})[0][:, 0] for part in parts]) for session in sessions
    )
    both = fake[rows].any() and (~fake[rows]).any()
    lost = rank_auc(before, fake[rows]) - rank_auc(after, fake[rows]) if both else None
    return Comparison(len(rows), lost, float(((before >= 0) != (after >= 0)).mean()))
