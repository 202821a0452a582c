"""INT8: 8-bit activations and 7-bit weights. The spare bit keeps the 16-bit sums of processors without VNNI from
saturating, which silently changes the logits (onnxruntime's documentation calls it `reduce_range`)."""

from pathlib import Path

import numpy as np
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from .crops import Crops
from .measure import canonical_view

RANGE_CROPS = 64


class Reader(CalibrationDataReader):
    """Feeds evenly spread crops, eight at a time, to find the range of each activation."""

    def __init__(self, crops: Crops, size: int):
        rows = torch.from_numpy(np.linspace(0, len(crops) - 1, min(RANGE_CROPS, len(crops))).round().astype(int))
        self.parts = iter(
            [{"crops": canonical_view(crops.pixels[part].float() / 255, size).numpy()} for part in rows.split(8)]
        )

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
