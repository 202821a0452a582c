import contextlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import clips
from miniature import mesh_points
from unswap_trainer.crops import load_crops
from unswap_trainer.forge.autoencoder import autoencoders
from unswap_trainer.forge.kinds import SYNTHESIS
from unswap_trainer.forge.warp import warp
from unswap_trainer.temporal.clips import draw_rows, find_clips, padded, pictures_of
from unswap_trainer.temporal.degrade import degrade_clips
from unswap_trainer.temporal.forge import forge_clips
from unswap_trainer.temporal.motion import move_points, movement, series
from unswap_trainer.temporal.network import Head
from unswap_trainer.temporal.rows import WIDTH, make_rows, shape_change
from unswap_trainer.temporal.sequences import load

TRAINER = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    return clips.write(tmp_path_factory.mktemp("clips") / "prepared")


def run(module, *words):
    command = [sys.executable, "-m", f"unswap_trainer.temporal.{module}", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(TRAINER)})
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_clips_are_videos_in_order_of_time(prepared):
    crops = load_crops([str(prepared)])
    found = find_clips(crops)
    assert [(clip.fake, clip.split) for clip in found][:3] == [(False, "train"), (True, "train"), (False, "train")]
    assert len(found) == 8 and all(len(clip.rows) == clips.FRAMES for clip in found)
    generator = np.random.default_rng(0)
    for clip in found:
        rows = draw_rows(clip, 4, generator)
        assert len(rows) == 4 and (np.diff([crops.rows[row]["seconds"] for row in rows]) > 0).all()
    assert padded([np.array([3, 4]), np.array([5, 6, 7])]).tolist() == [[3, 4, 4], [5, 6, 7]]


def test_a_clip_has_one_forgery_that_differs_from_frame_to_frame(prepared):
    torch.manual_seed(3)
    crops = load_crops([str(prepared)])
    still = np.repeat([[clip.rows[0]] for clip in find_clips(crops) if not clip.fake], 4, 1)
    pictures, points = pictures_of(crops, still, torch.device("cpu"))
    forged = forge_clips(pictures, points, autoencoders(), torch.arange(len(still)), contextlib.nullcontext)
    assert torch.equal(forged.real_points, points)
    changed = (forged.fake - forged.real).abs().amax(2) > 0.03
    for at, kind in enumerate(forged.kind):
        assert changed[at].any()
        # real frames of a still clip are alike, and so are their forgeries, but not quite
        assert (forged.real[at] - forged.real[at, :1]).abs().max() < 1e-5
        shares = [frame.float().mean() for frame in changed[at] if frame.any()]
        assert max(shares) < (1.01 if kind == SYNTHESIS else 0.75)
    flickering = (forged.fake - forged.fake[:, :1]).abs().amax((1, 2, 3, 4)) > 1e-3
    assert flickering.float().mean() > 0.7


def test_a_pair_of_clips_is_degraded_alike(prepared):
    torch.manual_seed(5)
    crops = load_crops([str(prepared)])
    rows = np.stack([clip.rows[:4] for clip in find_clips(crops)[:3]])
    pictures, points = pictures_of(crops, rows, torch.device("cpu"))
    twice = pictures[..., 32:256, 32:256][:, None].repeat(1, 2, 1, 1, 1, 1)
    x, found = degrade_clips(twice.clone(), points[:, None].repeat(1, 2, 1, 1, 1))
    assert x.shape == twice.shape and x.min() >= 0 and x.max() <= 1
    assert (x[:, 0] - x[:, 1]).abs().mean() < 0.03
    assert (x - twice).abs().mean() > 0.01
    assert (found[:, 0] - found[:, 1]).abs().max() < 0.02


def test_points_go_where_the_pictures_go():
    picture, point = torch.zeros(1, 1, 128, 128), torch.tensor([[[0.35, 0.6]]])
    picture[0, 0, 76, 44] = 1
    affine = movement(torch.tensor([0.05]), torch.tensor([-0.03]), torch.tensor([0.2]), torch.tensor([0.1]))
    moved = warp(picture, affine=affine, padding="zeros")[0, 0]
    axis = (torch.arange(128) + 0.5) / 128
    centre = torch.stack([(moved.sum(0) * axis).sum(), (moved.sum(1) * axis).sum()]) / moved.sum()
    assert (move_points(point, affine)[0, 0] - centre).abs().max() < 0.01


def test_series_have_unit_spread_at_every_time():
    torch.manual_seed(1)
    assert (series(4000, 6, torch.device("cpu")).std(0) - 1).abs().max() < 0.05


def test_moving_turning_and_scaling_do_not_change_a_shape():
    points = torch.tensor(mesh_points(np.random.default_rng(2)))
    turn = torch.tensor([[0.8, -0.6], [0.6, 0.8]], dtype=torch.double)
    assert shape_change(points, 1.7 * points @ turn + 0.2) < 1e-6
    stretched = points * torch.tensor([1.2, 1.0])
    assert 0.05 < shape_change(points, stretched) < 0.2


def test_a_row_holds_what_the_frame_shows():
    frames, maps = 3, np.full((3, 28, 28), -20.0)
    maps[:, :4, 24:] = 20
    scores = {"logits": np.arange(12.0).reshape(3, 4), "map": maps, "features": np.zeros((3, 0))}
    points = torch.tensor(mesh_points(np.random.default_rng(2)))[None].repeat(frames, 1, 1)
    views = torch.ones(frames, 3, 224, 224) * torch.tensor([1.0, 0.5, 0.25]).view(1, 3, 1, 1)
    rows = make_rows(scores, views, points, [2.0, 2.5, 3.5], [112.0, 224.0, 448.0])
    assert rows.shape == (3, WIDTH)
    assert rows[1, :4].tolist() == [4, 5, 6, 7]
    assert rows[0, 4:53].round().tolist() == [float(cell == 6) for cell in range(49)]
    assert np.allclose(rows[2, 53:59], [1, 0.5, 0.25, 1, 0.5, 0.25])
    assert np.allclose(rows[:, 59], 0, atol=1e-6)
    assert np.allclose(rows[:, 60], np.log1p([0, 0.5, 1]))
    assert rows[:, 61].tolist() == [-1, 0, 1]


def test_what_lies_beyond_a_clip_changes_nothing():
    torch.manual_seed(6)
    head = Head(channels=16).eval()
    rows, mask = torch.randn(2, 9, WIDTH), torch.ones(2, 9)
    mask[1, 5:] = 0
    other = rows.clone()
    other[1, 5:] = 100
    alone = head(rows[1:, :5], mask[1:, :5])
    assert torch.allclose(head(rows, mask), head(other, mask), atol=1e-5)
    assert torch.allclose(head(other, mask)[1:], alone, atol=1e-5)


@pytest.mark.parametrize("features", [False, True])
def test_prepare_train_evaluate_export(prepared, tmp_path, features):
    model = clips.write_model(tmp_path / "toy", features)
    about = ["--data", prepared, "--model", model, "--out", tmp_path / "clips", "--device", "cpu"]
    run("prepare", *about, "--pairs", 4, "--held-out", 2, "--batch", 2, "--frames", 4, "--warm-autoencoders", 0)
    sequences = load(tmp_path / "clips")
    assert sequences.rows.shape == (16, 4, WIDTH + (64 if features else 0))
    assert sequences.fake.tolist() == [False, True] * 8 and set(sequences.split) == {"train", "val", "test"}
    assert (sequences.kind[~sequences.fake] == "real").all() and np.isfinite(sequences.rows).all()
    assert (tmp_path / "clips" / "clips-train.png").stat().st_size > 10_000
    trained = ["--clips", tmp_path / "clips", "--out", tmp_path / "run", "--device", "cpu"]
    run("train", *trained, "--steps", 3, "--batch", 4, "--channels", 16)
    figures = json.loads(run("evaluate", "--clips", tmp_path / "clips", "--run", tmp_path / "run"))
    assert figures["splits"] == ["test"] and figures["clips"] == 4 and 0 <= figures["false_positive_rate"] <= 1
    out = run("export", "--clips", tmp_path / "clips", "--run", tmp_path / "run", "--model", model)
    assert float(re.search(r"differ by at most (\S+) in", out)[1]) <= 1e-3
    entry = json.loads((model / "manifest.json").read_text())["temporal"]
    assert entry["file"] == "temporal.onnx" and entry["bytes"] == (model / "temporal.onnx").stat().st_size
    golden = json.loads((model / "temporal-golden.json").read_text())
    assert len(golden["clips"]) == 4 and len(golden["clips"][0]["rows"][0]) == sequences.rows.shape[2]
