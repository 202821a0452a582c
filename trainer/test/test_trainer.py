import argparse
import contextlib
import csv
import importlib
import io
import json
import re
import tomllib
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

import miniature
from unswap_trainer.checkpoint import checkpoint_path
from unswap_trainer.crops import load_crops
from unswap_trainer.degrade import degrade
from unswap_trainer.forge import forge
from unswap_trainer.forge.autoencoder import autoencoders
from unswap_trainer.jpeg import jpeg
from unswap_trainer.log import refuse_divergence
from unswap_trainer.measure import rank_auc
from unswap_trainer.network import Classifier
from unswap_trainer.precision import Precision, optimiser_step, usual
from unswap_trainer.quantise import Comparison
from unswap_trainer.run import load_average

TRAINER = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    return miniature.write(tmp_path_factory.mktemp("prepared"))


def run(module, *words):
    """The command in this process: a new one would load PyTorch again."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        importlib.import_module(f"unswap_trainer.{module}").main([str(word) for word in words])
    return said.getvalue()


def table(file):
    with open(file, newline="") as rows:
        return list(csv.DictReader(rows))


def test_crops_come_back_as_they_were_written(prepared):
    crops = load_crops([str(prepared)])
    assert crops.pictures(range(24)).shape == (24, 3, 288, 288)
    assert crops.points.shape == (24, 468, 2)
    assert np.abs(crops.points[0].numpy() - miniature.mesh_points(np.random.default_rng(1))).max() < 0.05
    assert list(crops.family()[:2]) == [-1, 0]


def test_forgeries_change_the_masked_part_and_nothing_else(prepared):
    torch.manual_seed(1)
    crops = load_crops([str(prepared)])
    pictures = crops.pictures(range(24)).float() / 255
    forgery = forge(pictures, crops.points, autoencoders(), torch.tensor(crops.groups()), contextlib.nullcontext)
    changed = (forgery.fake - forgery.real).abs().amax(1, keepdim=True)
    part = forgery.family != 2
    assert changed[part][forgery.mask[part] < 1e-4].max() < 1e-3
    assert (changed.amax((1, 2, 3)) > 0.02).float().mean() > 0.9
    assert forgery.fake.min() >= 0 and forgery.fake.max() <= 1


def test_a_pair_is_degraded_alike(prepared):
    torch.manual_seed(2)
    pictures = load_crops([str(prepared)]).pictures(range(8)).float() / 255
    pair = torch.arange(8).repeat(2)
    # noise and covering by a neighbour are drawn per picture: leave room for them
    x, masks = degrade(torch.cat([pictures, pictures]), pair, 224, torch.zeros(16, 1, 288, 288))
    assert x.shape == (16, 3, 224, 224) and masks.shape == (16, 1, 224, 224)
    assert (x[:8] - x[8:]).abs().mean() < 0.03


def test_jpeg_loses_more_at_lower_quality():
    torch.manual_seed(3)
    picture = torch.rand(1, 3, 64, 64)
    errors = [(jpeg(picture, torch.tensor([q])) - picture).abs().mean().item() for q in (95.0, 50.0, 10.0)]
    assert errors[0] < errors[1] < errors[2]


def test_auc_counts_ties_as_half():
    assert rank_auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])) == pytest.approx(0.75)
    assert rank_auc(np.array([1.0, 1.0]), np.array([False, True])) == pytest.approx(0.5)


def test_train_resume_and_export(prepared, tmp_path):
    words = ["--data", prepared, "--out", tmp_path / "run", "--backbone", "small", "--pairs", 4, "--labelled", 4]
    words += ["--warm-autoencoders", 1, "--device", "cpu", "--evaluate-every", 4]
    run("train", *words, "--steps", 4)
    with open(tmp_path / "run" / "log.csv", "a") as log:
        log.write("5,0,0,0,0\n")  # of a step that no checkpoint holds
    out = run("train", *words, "--steps", 8, "--resume")
    assert '"step": 8' in out and '"step": 4,' not in out
    assert [row["step"] for row in table(tmp_path / "run" / "log.csv")] == ["0", "3", "7"]
    assert (tmp_path / "run" / "forgeries.png").stat().st_size > 10_000
    figures = table(tmp_path / "run" / "figures.csv")
    assert {row["step"] for row in figures if row["split"] == "val"} == {"1", "2", "4", "8"}
    forged = [row for row in figures if row["split"] == "val, forged"]
    assert [row["crops"] for row in forged] == ["16"] * 4 and all(0 <= float(row["auc"]) <= 1 for row in forged)
    out = run("export", "--run", tmp_path / "run", "--data", prepared, "--id", "smoke", "--out", tmp_path / "smoke", "--int8")
    assert re.search(r"INT8 moves golden logits by .*, judges [\d.]+% of 8 crops otherwise, costs -?[\d.]+ of AUC", out)
    manifest = json.loads((tmp_path / "smoke" / "manifest.json").read_text())
    golden = json.loads((tmp_path / "smoke" / "golden.json").read_text())
    assert [weights["variant"] for weights in manifest["weights"]][-1] == "float"
    assert len(golden["crops"]) == 6

    again = ["export", "--run", tmp_path / "run", "--data", prepared, "--id", "again", "--out", tmp_path / "again"]
    run(*again, "--golden", tmp_path / "smoke")
    first, second = (json.loads((tmp_path / name / "golden.json").read_text())["crops"] for name in ("smoke", "again"))
    assert first == second

    crops = load_crops([str(prepared)])
    network = Classifier("small").eval()
    load_average(tmp_path / "run", network)
    view = crops.pictures([0, 1])[:, :, :224, :224].float() / 255
    session = onnxruntime.InferenceSession(tmp_path / "smoke" / "model.onnx")
    with torch.no_grad():
        expected = network(view)[0].numpy()
    assert np.abs(session.run(["logits"], {"crops": view.numpy()})[0] - expected).max() < 0.02


def test_float16_with_loss_scaling_trains_and_goes_on(prepared, tmp_path):
    words = ["--data", prepared, "--out", tmp_path / "run", "--backbone", "small", "--pairs", 2, "--labelled", 0]
    words += ["--warm-autoencoders", 0, "--device", "cpu", "--evaluate-every", 2, "--precision", "float16"]
    assert "cpu, float16" in run("train", *words, "--steps", 2)
    saved = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    assert saved["scaler"]["scale"] > 1
    assert all(torch.isfinite(weights).all() for weights in saved["average"].values())
    run("train", *words, "--steps", 3, "--resume")


def test_gradients_that_float16_would_lose_are_kept():
    weight = torch.nn.Parameter(torch.zeros(1))
    precision = Precision(torch.device("cpu"), "float16")
    optimiser = torch.optim.SGD([weight], lr=1)
    with precision.autocast():
        product = torch.ones(1, 1) @ weight[None]
    optimiser_step(product.float().sum() * 1e-8, optimiser, precision.scaler())
    assert weight.item() == pytest.approx(-1e-8, rel=0.01)


@pytest.mark.parametrize(("capability", "name"), [((7, 5), "float16"), ((8, 0), "bfloat16"), ((9, 0), "bfloat16")])
def test_precision_suits_the_card(monkeypatch, capability, name):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    assert usual(torch.device("cuda")) == name
    for has, own in ((True, "bfloat16"), (False, "float32")):
        monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: has)
        assert usual(torch.device("cpu")) == own


def test_a_run_is_not_written_over(tmp_path):
    (tmp_path / "checkpoint.pt").write_bytes(b"a night's work")
    (tmp_path / "run.json").write_text('{"backbone": "xception", "size": 224}')
    options = argparse.Namespace(resume=False, backbone="small", size=224)
    with pytest.raises(SystemExit, match="--resume"):
        checkpoint_path(tmp_path, options)
    options.resume = True
    with pytest.raises(SystemExit, match="--backbone xception"):
        checkpoint_path(tmp_path, options)
    options.backbone = "xception"
    assert checkpoint_path(tmp_path, options) == tmp_path / "checkpoint.pt"


def test_a_loss_that_is_not_a_number_ends_the_run():
    refuse_divergence(7, 0.1, 3.0)
    with pytest.raises(SystemExit, match="step 7.*--resume"):
        refuse_divergence(7, 0.1, float("nan"))


def test_eight_bits_that_judge_otherwise_do_not_hold():
    assert Comparison(256, 0.004, 0.01).holds() and Comparison(256, None, 0.0).holds()
    assert not Comparison(256, 0.02, 0.0).holds()
    assert not Comparison(256, 0.0, 0.2).holds()


def test_every_dependency_is_pinned():
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)$", (TRAINER / "constraints.txt").read_text(), re.M))
    project = tomllib.loads((TRAINER / "pyproject.toml").read_text())["project"]
    for name, least in (dependency.split(">=") for dependency in project["dependencies"]):
        numbers = [tuple(map(int, text.split(".")[:2])) for text in (pinned[name], least)]
        assert numbers[0] >= numbers[1], name
