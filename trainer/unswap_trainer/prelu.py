"""Rewrites every PRelu of a network as convolutions, which onnxruntime runs several times as fast.

    python -m unswap_trainer.prelu model.onnx rewritten.onnx

PRelu(x) = slope · x + (1 − slope) · Relu(x). Both products are 1×1 depthwise convolutions, so that the values stay in
the blocked layout of the convolutions around them; PRelu itself has no such kernel. The results differ by rounding.
"""

import sys

import numpy as np
import onnx
from onnx import helper, numpy_helper


def rewrite(model: onnx.ModelProto) -> int:
    """Changes the model in place; returns how many activations were rewritten. Slopes must be one per channel."""
    graph = model.graph
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    nodes: list[onnx.NodeProto] = []
    slopes_used: set[str] = set()
    for node in graph.node:
        if node.op_type != "PRelu":
            nodes.append(node)
            continue
        source, slopes_name = node.input
        (target,) = node.output
        slopes = numpy_helper.to_array(tensors[slopes_name]).astype(np.float32)
        if slopes.size != slopes.shape[0]:
            raise ValueError(f"{node.name}: the slopes are not one per channel but {slopes.shape}")
        slopes_used.add(slopes_name)
        rest = f"{target}_positive"
        nodes.append(helper.make_node("Relu", [source], [rest], name=rest))
        for values, part, weights in ((source, "linear", slopes), (rest, "bent", 1 - slopes)):
            name = f"{target}_{part}"
            weight = numpy_helper.from_array(weights.reshape(-1, 1, 1, 1), f"{name}_weight")
            graph.initializer.append(weight)
            nodes.append(
                helper.make_node(
                    "Conv", [values, weight.name], [name], name=name, group=slopes.size, kernel_shape=[1, 1]
                )
            )
        nodes.append(helper.make_node("Add", [f"{target}_linear", f"{target}_bent"], [target], name=target))
    del graph.node[:]
    graph.node.extend(nodes)
    for name in slopes_used:
        graph.initializer.remove(tensors[name])
    return len(slopes_used)


def main() -> None:
    source, target = sys.argv[1:3]
    model = onnx.load(source)
    print(f"rewrote {rewrite(model)} activations")
    onnx.checker.check_model(model)
    onnx.save(model, target)


if __name__ == "__main__":
    main()
