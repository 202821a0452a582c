"""Options of what a batch is made of: forgeries from other moments, reworked renderings, hard fakes, several sizes."""

import argparse
import contextlib

import numpy as np
import pytest
import torch

import clips
import miniature
from unswap_trainer.batch import Sampler
from unswap_trainer.crops import load_crops
from unswap_trainer.forge import KINDS, Manner, Moments, forge
from unswap_trainer.forge.autoencoder import autoencoders
from unswap_trainer.forge.moment import lay_over
from unswap_trainer.forge.rerender import denoise, rework
from unswap_trainer.recipe import Recipe, recipe_of
from unswap_trainer.sample import MOST_HARD, Pool

ALONE = {name: 0.0 for name in KINDS}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    return load_crops([str(miniature.write(tmp_path_factory.mktemp("drawn"), 8))])


def test_another_moment_is_laid_over_by_what_an_expression_leaves(drawn):
    picture, points = drawn.pictures([0]).float() / 255, drawn.points[:1]
    shifted, moved = picture.roll((0, 0, 12, -20), (0, 1, 2, 3)), points + torch.tensor([-20 / 288, 12 / 288])
    inside = slice(60, 228)
    back = lay_over(points, shifted, moved)
    assert (back - picture)[..., inside, inside].abs().mean() < 0.02
    assert (shifted - picture)[..., inside, inside].abs().mean() > 0.03


def test_reenactment_takes_the_mouth_of_the_other_moment(drawn):
    torch.manual_seed(1)
    pictures, points = drawn.pictures([0, 2, 4, 6]).float() / 255, drawn.points[[0, 2, 4, 6]]
    green = torch.zeros_like(pictures)
    green[:, 1] = 1
    manner = Manner(ALONE | {"reenactment": 1.0}, Moments(green, points, torch.tensor([True, True, False, True])))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("unswap_trainer.forge.colour.match", lambda source, target, mask: source)
        made = forge(
            pictures,
            points,
            torch.nn.ModuleList([torch.nn.Identity()]),
            torch.arange(4),
            contextlib.nullcontext,
            manner,
        )
    assert (made.family == 1).all()
    # where it is forged most, the other moment's green stands out against red
    greener = [
        ((fake[1] - fake[0]) - (real[1] - real[0]))[mask[0] > 0.9].mean()
        for fake, real, mask in zip(made.fake, made.real, made.mask)
    ]
    assert min(greener[0], greener[1], greener[3]) > 0.2 > greener[2]


def test_kinds_of_forgery_are_weighed_and_known(drawn):
    torch.manual_seed(1)
    pictures, points = drawn.pictures(range(4)).float() / 255, drawn.points[:4]
    made = forge(
        pictures,
        points,
        autoencoders(),
        torch.arange(4),
        contextlib.nullcontext,
        Manner(ALONE | {"synthesis": 1.0}, rerender=1.0),
    )
    assert (made.family == 2).all() and (made.mask == 1).all()
    with pytest.raises(SystemExit, match="there are self_blend"):
        forge(pictures, points, autoencoders(), torch.arange(4), contextlib.nullcontext, Manner({"morph": 1.0}))


def test_nothing_is_rendered_without_autoencoders(drawn):
    torch.manual_seed(1)
    pictures, points = drawn.pictures([0] * 40).float() / 255, drawn.points[[0] * 40]
    made = forge(pictures, points, torch.nn.ModuleList(), torch.arange(40), contextlib.nullcontext)
    assert {KINDS[kind] for kind in made.kind.tolist()} == {"self_blend", "swap", "reenactment"}


def test_denoising_keeps_edges_and_reworking_keeps_the_range():
    torch.manual_seed(1)
    edge = torch.zeros(8, 3, 64, 64)
    edge[..., 32:] = 0.8
    noisy = (edge + torch.randn_like(edge) * 0.015).clamp(0, 1)
    calmer = denoise(noisy)
    assert calmer[..., :24].std() < 0.8 * noisy[..., :24].std()
    assert (calmer[..., 36:].mean() - calmer[..., :28].mean()) > 0.7
    again = rework(noisy)
    assert again.min() >= 0 and again.max() <= 1 and (again - noisy).abs().max() > 0.01


def test_hard_fakes_come_oftener_but_not_for_ever():
    torch.manual_seed(1)
    weight = np.r_[np.zeros(5), np.ones(10)]
    pool = Pool(weight, hard=1.0)
    for _ in range(20):
        pool.learn(torch.arange(5, 15), torch.tensor([90.0, *[0.1] * 9]))
    drawn = torch.bincount(pool.draw(4000), minlength=15)
    assert drawn[:5].sum() == 0 and drawn[5] > 8 * drawn[6]
    assert pool.loss.max() <= MOST_HARD
    other = Pool(weight, hard=1.0)
    other.load_state_dict(pool.state_dict())
    assert torch.equal(other.loss, pool.loss)


def test_batches_of_several_sizes_know_people_from_clips(tmp_path):
    torch.manual_seed(1)
    crops = load_crops([str(clips.write(tmp_path / "clips"))])
    sampler = Sampler(
        crops, torch.device("cpu"), Recipe(64, 2, 4, sizes=(64, 96), hard=0.5, kinds=ALONE | {"reenactment": 1.0})
    )
    networks = torch.nn.ModuleList([torch.nn.Identity()])
    batches = [sampler.batch(networks, contextlib.nullcontext) for _ in range(6)]
    assert {batch.crops.shape[-1] for batch in batches} == {64, 96}
    assert {batch.maps.shape[-1] for batch in batches} == {8, 12}
    assert sampler.moments(sampler.real.draw(4)).known.all()
    sampler.learn(batches[0], torch.arange(8.0))
    assert sampler.fake.loss[sampler.fake.place[batches[0].fakes]].ne(1).any()


def test_options_become_a_recipe():
    plain = {"size": 224, "pairs": 2, "labelled": 2, "balance": 0.5, "video": 0.4, "rerender": 0.0, "hard": 0.0}
    options = argparse.Namespace(**plain, sizes=[160], share=["ff=3"], forge=["swap=0.2"])
    recipe = recipe_of(options)
    assert recipe.shares == {"ff": 3.0} and recipe.kinds == {"swap": 0.2} and recipe.sizes == (160,)
    for name, words, said in (("sizes", [100], "multiples of 16"), ("share", ["ff"], "such as ff=3")):
        with pytest.raises(SystemExit, match=said):
            recipe_of(argparse.Namespace(**vars(options) | {name: words}))
