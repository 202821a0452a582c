"""Reads the weights of an exported ONNX file back into a network, so that training goes on from a shipped model.

An exported file holds no batch norm: it was folded into the convolutions. So the network is folded before it is filled.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn as nn
from onnx import numpy_helper
from torch.nn.utils.fusion import fuse_conv_bn_eval

# The most by which a logit may differ from onnxruntime's on the same file.
PARITY = 1e-3


def fold_batch_norm(network: nn.Module) -> nn.Module:
    """Every convolution that a batch norm follows takes it in, in place; the norm becomes an identity."""
    network.eval()
    for module in network.modules():
        if not isinstance(module, nn.Sequential):
            continue
        for at in range(len(module) - 1):
            if isinstance(module[at], nn.Conv2d) and isinstance(module[at + 1], nn.BatchNorm2d):
                module[at], module[at + 1] = fuse_conv_bn_eval(module[at], module[at + 1]), nn.Identity()
    return network


def float_file(model: Path) -> Path:
    """`model` is an .onnx file, or a model folder, of which the float variant is taken."""
    if model.suffix == ".onnx":
        return model
    manifest = json.loads((model / "manifest.json").read_text())
    for weights in manifest["weights"]:
        if weights["variant"] == "float":
            return model / weights["file"]
    raise SystemExit(f"{model} has no float weights, and training cannot go on from 8-bit ones.")


def read_layers(file: Path) -> list[tuple[tuple, np.ndarray, np.ndarray | None]]:
    """(kind, weight, bias) of each convolution and matrix product in the order of the graph; kind: shape, stride, groups."""
    graph = onnx.load(str(file)).graph
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Cast" and node.input[0] in tensors:
            tensors[node.output[0]] = tensors[node.input[0]].astype(np.float32)
    layers = []
    for node in graph.node:
        if node.op_type not in ("Conv", "Gemm"):
            continue
        if node.input[1] not in tensors:
            raise SystemExit(f"{file} holds 8-bit weights. Name the float file.")
        attributes = {attribute.name: attribute for attribute in node.attribute}
        stride = attributes["strides"].ints[0] if "strides" in attributes else 1
        groups = attributes["group"].i if "group" in attributes else 1
        weight = tensors[node.input[1]].astype(np.float32)
        bias = tensors[node.input[2]].astype(np.float32) if len(node.input) > 2 else None
        layers.append(((weight.shape, stride, groups), weight, bias))
    return layers


def layers_in_order(network: nn.Module, size: int) -> list[nn.Module]:
    """Convolutions and linear layers of the network in the order in which they run."""
    order, hooks = [], []
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            hooks.append(module.register_forward_hook(lambda own, *_: order.append(own)))
    with torch.no_grad():
        network(torch.zeros(1, 3, size, size))
    for hook in hooks:
        hook.remove()
    return order


def kind_of(layer: nn.Module) -> tuple:
    conv = isinstance(layer, nn.Conv2d)
    return tuple(layer.weight.shape), layer.stride[0] if conv else 1, layer.groups if conv else 1


@torch.no_grad()
def load_onnx(network: nn.Module, file: Path, size: int) -> None:
    """Fills a folded network. Layers of one kind are met in one order in both; heads may come in any order."""
    waiting = read_layers(file)
    for layer in layers_in_order(network, size):
        kind = kind_of(layer)
        at = next((at for at, (other, _, _) in enumerate(waiting) if other == kind), None)
        if at is None:
            raise SystemExit(f"{file} has no layer of shape {kind[0]} left: it is a file of another backbone.")
        _, weight, bias = waiting.pop(at)
        if (bias is None) != (layer.bias is None):
            raise SystemExit(f"{file}: the layer of shape {kind[0]} differs in having a bias.")
        layer.weight.copy_(torch.from_numpy(weight.copy()))
        if bias is not None:
            layer.bias.copy_(torch.from_numpy(bias.copy()))
    if waiting:
        raise SystemExit(f"{file} has {len(waiting)} layers more than the network: it is a file of another backbone.")
    strays = difference_from_onnx(network, file, size)
    if strays > PARITY:
        raise SystemExit(f"The network read from {file} differs from it by {strays:.1e} in logits (allowed {PARITY}).")


@torch.no_grad()
def difference_from_onnx(network: nn.Module, file: Path, size: int) -> float:
    """The largest difference in logits and map logits on two crops of noise."""
    crops = torch.rand(2, 3, size, size, generator=torch.Generator().manual_seed(1))
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    theirs = session.run(["logits", "manipulation_map"], {"crops": crops.numpy()})
    return max(float(np.abs(own.numpy() - other).max()) for own, other in zip(network.eval()(crops), theirs))
