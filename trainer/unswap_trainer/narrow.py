"""Narrows the 8-bit weights of a quantised (QDQ) model to 7 bits, without its training data.

    python -m unswap_trainer.narrow model-int8.onnx narrowed.onnx

Sums of products of unsigned activations and signed 8-bit weights saturate on processors without VNNI; 7-bit weights
cannot. Weights and 32-bit biases are halved, their scales doubled: the same numbers with one bit less.
"""

import sys

import numpy as np
import onnx
from onnx import numpy_helper


def narrow(model: onnx.ModelProto) -> int:
    """Changes the model in place; returns how many tensors were narrowed."""
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    narrowed: set[str] = set()
    for node in model.graph.node:
        if node.op_type != "DequantizeLinear" or node.input[0] not in tensors or node.input[0] in narrowed:
            continue
        values, scale = tensors[node.input[0]], tensors[node.input[1]]
        numbers = numpy_helper.to_array(values)
        if numbers.dtype not in (np.int8, np.int32):
            continue
        if scale.name in narrowed:
            raise ValueError(f"{scale.name} scales two tensors; it cannot be doubled for one of them")
        halved = np.round(numbers.astype(np.float64) / 2)
        if numbers.dtype == np.int8:
            halved = halved.clip(-64, 63)
        values.CopyFrom(numpy_helper.from_array(halved.astype(numbers.dtype), values.name))
        scale.CopyFrom(numpy_helper.from_array((numpy_helper.to_array(scale) * 2).astype(np.float32), scale.name))
        narrowed |= {values.name, scale.name}
    return len(narrowed) // 2


def main() -> None:
    source, target = sys.argv[1:3]
    model = onnx.load(source)
    print(f"narrowed {narrow(model)} tensors")
    onnx.save(model, target)


if __name__ == "__main__":
    main()
