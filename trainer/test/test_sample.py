"""What a batch is drawn from."""

import json

import numpy as np
import pytest
import torch

import miniature
from unswap_trainer.codec import Trip, draw_trips, transcode
from unswap_trainer.crops import Crops, load_crops
from unswap_trainer.degrade import degrade
from unswap_trainer.measure import FORGED, validation_rows, validation_score
from unswap_trainer.sample import Partners, Pool, row_weights


def rows_of(*facts) -> Crops:
    """Crops without pictures; each fact: source, video, identity, label, seconds."""
    names = ("source", "video", "identity", "label", "seconds")
    rows = [dict(zip(names, fact)) | {"split": "val", "family": None, "path": fact[1]} for fact in facts]
    return Crops(rows, [], torch.zeros(len(rows), 468, 2))


def test_a_source_counts_by_its_videos_and_a_video_once():
    crops = rows_of(
        *[("a", "a0", "", "real", at) for at in range(30)], *[("b", f"b{at}", "", "real", 0) for at in range(4)]
    )
    weight = row_weights(crops, np.ones(34, bool), 0.5)
    assert weight[:30].sum() == pytest.approx(1) and weight[30:].sum() == pytest.approx(2)
    assert np.allclose(weight[30:], 0.5)
    assert row_weights(crops, np.ones(34, bool), 0.5, {"a": 3})[:30].sum() == pytest.approx(3)
    assert set(Pool(weight * (weight == 0.5)).draw(50).tolist()) <= {30, 31, 32, 33}


def test_a_fake_stands_beside_its_own_target_at_the_same_moment():
    crops = rows_of(
        ("a", "fake", "p1", "fake", 2.0), ("a", "own", "p1", "real", 0.0), ("a", "own", "p1", "real", 2.1),
        ("a", "other", "p2", "real", 2.0), ("b", "far", "p1", "real", 2.0), ("a", "alone", "p9", "fake", 0.0),
    )  # fmt: skip
    partners = Partners(crops, ~crops.is_fake())
    assert partners.of(0) == 2
    assert {partners.of(5) for _ in range(40)} == {1, 2, 3}


def test_validation_takes_as_many_of_each_method():
    crops = rows_of(*[("a", f"v{at}", "", "real" if at % 5 else "fake", 0) for at in range(50)])
    rows = validation_rows(crops, 6)
    assert len(rows) == 12 and crops.is_fake()[rows].sum() == 6


def test_the_best_step_is_chosen_by_labelled_methods_and_false_alarms():
    figures = {
        "val": {"auc": 0.7, "genuine_above_2": 0.05},
        "val, ff swap": {"auc": 0.8},
        "val, dfdc swap": {"auc": 0.6},
        "val, ytf genuine": {"auc": None},
        FORGED: {"auc": 0.9},
    }
    assert validation_score(figures) == pytest.approx(0.65)
    assert validation_score({"val": {"auc": None}, FORGED: {"auc": 0.9}}) == 0.9
    assert np.isnan(validation_score({}))


def test_generic_sources_are_called_by_their_folder(tmp_path):
    folder = miniature.write(tmp_path / "mine", 4)
    rows = [json.loads(line) | {"source": "csv"} for line in (folder / "index.jsonl").read_text().splitlines()]
    (folder / "index.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert set(load_crops([str(folder)]).column("source")) == {"mine"}


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_video_encoders_lose_more_at_a_higher_crf(tmp_path, codec):
    picture = load_crops([str(miniature.write(tmp_path, 2))]).pictures([0]).float() / 255
    errors = [
        (transcode(picture, [[Trip(codec, crf, 288, (2.0, -1.0), 3)]]) - picture).abs().mean().item()
        for crf in (18, 30, 44)
    ]
    assert 0 < errors[0] < errors[1] < errors[2] < 0.1


def test_both_of_a_pair_go_through_the_same_encoder(tmp_path, monkeypatch):
    seen = []

    def remember(pictures, trips):
        seen.extend(trips)
        return pictures

    monkeypatch.setattr("unswap_trainer.degrade.transcode", remember)
    torch.manual_seed(1)
    picture = load_crops([str(miniature.write(tmp_path, 2))]).pictures([0, 1]).float() / 255
    degrade(torch.cat([picture, picture]), torch.tensor([0, 1, 0, 1]), 64, torch.zeros(4, 1, 288, 288), video=1.0)
    assert seen[0] is seen[2] and seen[1] is seen[3] and seen[0] is not seen[1]
    torch.manual_seed(2)
    trips = [trip for _ in range(200) for trip in draw_trips(224)]
    assert {trip.codec for trip in trips} == {"h264", "hevc"} and all(
        23 <= trip.crf <= 40 and trip.side % 2 == 0 for trip in trips
    )
