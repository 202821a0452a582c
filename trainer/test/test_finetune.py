"""Training that goes on from exported weights, and runs that are stopped and resumed."""

import contextlib
import importlib
import io
import json
import os
import signal

import numpy as np
import onnx
import pytest
import torch

import miniature
from unswap_trainer import train
from unswap_trainer.average import make_average
from unswap_trainer.crops import load_crops
from unswap_trainer.export import export_onnx, store_half
from unswap_trainer.freeze import backbone_parts, freeze_front, train_mode
from unswap_trainer.network import Classifier
from unswap_trainer.quantise import quantise
from unswap_trainer.run import load_run
from unswap_trainer.schedule import Progress, rate_share, spoken
from unswap_trainer.weights import PARITY, difference_from_onnx, fold_batch_norm, load_onnx

WORDS = [
    "--backbone",
    "small",
    "--pairs",
    2,
    "--labelled",
    4,
    "--warm-autoencoders",
    0,
    "--device",
    "cpu",
    "--precision",
    "float32",
]


@pytest.fixture(autouse=True)
def handlers():
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    return miniature.write(tmp_path_factory.mktemp("prepared") / "drawn")


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A small network whose batch norms are not neutral, as an .onnx file."""
    torch.manual_seed(1)
    network = Classifier("small").train()
    network(torch.rand(8, 3, 64, 64))
    file = tmp_path_factory.mktemp("exported") / "small.onnx"
    export_onnx(network.eval(), 64, file)
    return file, network


def run(module, *words):
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        importlib.import_module(f"unswap_trainer.{module}").main([str(word) for word in words])
    return said.getvalue()


def average_of(run_folder):
    return torch.load(run_folder / "checkpoint.pt", weights_only=True)["average"]


def test_folding_leaves_the_outputs():
    torch.manual_seed(1)
    network = Classifier("xception").eval()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_var.fill_(2)
            module.running_mean.normal_()
    with torch.no_grad():
        crops = torch.rand(1, 3, 32, 32)
        expected = network(crops)
        folded = fold_batch_norm(network)(crops)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in network.modules())
    assert all(
        torch.allclose(own, other, rtol=1e-3, atol=1e-3 * other.abs().max()) for own, other in zip(folded, expected)
    )


@pytest.mark.parametrize("half", [False, True])
def test_weights_come_back_from_an_exported_file(exported, tmp_path, half):
    file, network = exported
    if half:
        store_half(file, tmp_path / "half.onnx")
        file = tmp_path / "half.onnx"
    again = fold_batch_norm(Classifier("small"))
    load_onnx(again, file, 64)
    assert difference_from_onnx(again, file, 64) < PARITY
    crops = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        assert (again(crops)[0] - network.eval()(crops)[0]).abs().max() < (0.02 if half else 1e-4)


def test_a_file_of_another_backbone_is_refused(exported):
    with pytest.raises(SystemExit, match="another backbone"):
        load_onnx(fold_batch_norm(Classifier("xception")), exported[0], 64)


def test_a_frozen_front_gets_no_gradient():
    network = Classifier("xception")
    assert list(backbone_parts(network.backbone))[:6] == ["stem.0", "stem.1", "entry1", "entry2", "entry3", "middle.0"]
    freeze_front(network, "middle.4")
    train_mode(network)
    network(torch.rand(2, 3, 32, 32))[0].sum().backward()
    assert network.backbone.middle[3].body[1][0].weight.grad is None
    assert network.backbone.middle[4].body[1][0].weight.grad is not None
    assert not network.backbone.entry3.training and network.backbone.exit1.training
    with pytest.raises(SystemExit, match="middle.7"):
        freeze_front(network, "middle.9")


def test_pretrained_weights_are_taken_by_shape_and_norms_alone_trained(tmp_path):
    torch.manual_seed(1)
    donor, network = Classifier("efficientnet-lite0"), Classifier("efficientnet-lite0")
    states = {f"_other{at}": value for at, value in enumerate(donor.backbone.state_dict().values())}
    torch.save(states | {"_fc.weight": torch.zeros(2, 2)}, tmp_path / "file.pth")
    network.backbone.load_pretrained(tmp_path / "file.pth")
    assert all(
        torch.equal(own, other) for own, other in zip(network.backbone.parameters(), donor.backbone.parameters())
    )
    with pytest.raises(SystemExit, match="another backbone"):
        Classifier("efficientnet-lite2").backbone.load_pretrained(tmp_path / "file.pth")
    trained = freeze_front(network, "norms")
    assert trained < 0.2e6
    logits, maps = network(torch.rand(2, 3, 64, 64))
    assert logits.shape == (2, 4) and maps.shape == (2, 1, 8, 8)
    with pytest.raises(SystemExit, match="folded"):
        freeze_front(fold_batch_norm(network), "norms")


def test_a_stopped_run_goes_on_as_if_it_had_not_been(prepared, exported, tmp_path):
    words = ["--data", prepared, "--from", exported[0], "--size", 64, *WORDS, "--evaluate-every", 100, "--steps", 4]
    run("train", *words, "--out", tmp_path / "whole")

    batch, calls = train.Sampler.batch, []

    def stops_at_the_second(self, *given):
        calls.append(1)
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return batch(self, *given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train.Sampler, "batch", stops_at_the_second)
        run("train", *words, "--out", tmp_path / "parts")
    assert torch.load(tmp_path / "parts" / "checkpoint.pt", weights_only=True)["step"] == 2
    said = run("train", *words, "--out", tmp_path / "parts", "--resume")
    assert "min left" in said
    whole, parts = average_of(tmp_path / "whole"), average_of(tmp_path / "parts")
    assert whole["n_averaged"] == parts["n_averaged"] == 4
    assert all(torch.equal(whole[name], parts[name]) for name in whole)


def test_a_run_of_minutes_ends_and_is_mixed_with_its_start(prepared, exported, tmp_path):
    words = ["--data", prepared, "--from", exported[0], "--size", 64, *WORDS, "--minutes", 0.02]
    run("train", *words, "--out", tmp_path / "run")
    run(
        "soup",
        exported[0],
        tmp_path / "run",
        "--backbone",
        "small",
        "--size",
        64,
        "--share",
        0.25,
        "--out",
        tmp_path / "soup",
    )
    start = fold_batch_norm(Classifier("small"))
    load_onnx(start, exported[0], 64)
    ends = [
        dict(network.named_parameters()) for network in (start, load_run(tmp_path / "run"), load_run(tmp_path / "soup"))
    ]
    for name, mixed in ends[2].items():
        assert torch.allclose(mixed, 0.75 * ends[0][name] + 0.25 * ends[1][name], atol=1e-6)
    said = run(
        "compare", exported[0], tmp_path / "soup", "--data", prepared, "--size", 64, "--cache", tmp_path / "cache"
    )
    assert "| drawn | genuine | 4 |" in said and "| drawn | face_swap | 4 |" in said
    assert len(list((tmp_path / "cache").glob("*.npy"))) == 2
    assert json.loads((tmp_path / "run" / "run.json").read_text())["folded"]


def test_eight_bits_made_from_float32_keep_no_large_floats(prepared, exported, tmp_path):
    file = tmp_path / "model.onnx"
    file.write_bytes(exported[0].read_bytes())
    small = quantise(file, load_crops([str(prepared)]), 64)
    kept = [tensor for tensor in onnx.load(str(small)).graph.initializer if tensor.data_type != onnx.TensorProto.INT8]
    assert max(np.prod(tensor.dims) for tensor in kept) < 1024
    assert small.stat().st_size < file.stat().st_size / 2


def test_the_average_remembers_little_at_first():
    network = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(network.weight)
    average = make_average(network, 0.998)
    average.update_parameters(network)
    torch.nn.init.ones_(network.weight)
    average.update_parameters(network)
    assert average.module.weight.item() == pytest.approx(1 - 2 / 21)


def test_rates_rise_then_fall_and_time_is_told():
    shares = [rate_share(share) for share in (0, 0.03, 0.5, 1)]
    assert shares[0] < 0.1 and shares[1] > 0.95 and shares[3] == pytest.approx(0.01)
    assert Progress(10, None, step=5).share() == 0.5 and Progress(10, None, step=10).finished()
    assert Progress(None, 1, seconds=30).share() == pytest.approx(0.5, abs=0.01)
    assert spoken(3725) == "1 h 02 min" and spoken(50) == "1 min"
    assert np.isclose(rate_share(0.5), 0.505, atol=0.01)
