import numpy as np
import onnxruntime
from onnx import TensorProto, checker, helper, numpy_helper

from unswap_trainer.prelu import rewrite


def test_the_rewritten_network_gives_the_same_values_without_a_prelu():
    random = np.random.default_rng(1)
    slopes = random.uniform(-1, 1.4, (5, 1, 1)).astype(np.float32)
    kernel = random.normal(size=(5, 3, 3, 3)).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["x", "kernel"], ["bent"], name="conv", kernel_shape=[3, 3]),
            helper.make_node("PRelu", ["bent", "slopes"], ["y"], name="prelu"),
        ],
        "one activation",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 9, 9])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 5, 7, 7])],
        [numpy_helper.from_array(slopes, "slopes"), numpy_helper.from_array(kernel, "kernel")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    x = random.normal(size=(1, 3, 9, 9)).astype(np.float32)
    before = values(model, x)
    assert rewrite(model) == 1
    checker.check_model(model)
    assert all(node.op_type != "PRelu" for node in model.graph.node)
    assert (before < 0).any() and (before > 0).any()
    np.testing.assert_allclose(values(model, x), before, atol=1e-5)


def values(model, x):
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]
