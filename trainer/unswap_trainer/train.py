"""Trains a classifier, from nothing or from exported weights. Reads from top to bottom; every default is in `arguments.py`.

python -m unswap_trainer.train --data prepared/ --out runs/first
python -m unswap_trainer.train --data prepared/ --out runs/mine --from models/xception-1 --minutes 90
"""

import json
import time
from pathlib import Path

import torch

from .arguments import arguments
from .average import make_average
from .batch import Sampler
from .checkpoint import StopSignal, checkpoint_path, restore_checkpoint, save_checkpoint
from .crops import load_crops
from .freeze import freeze_front, train_mode
from .log import add_figures, add_step, refuse_divergence, start_logs
from .loss import MAP_WEIGHT, classifier_loss
from .measure import evaluate, evaluate_forged, validation_rows, validation_score
from .network import Classifier
from .picture import save_batch
from .precision import Precision, optimiser_step
from .recipe import Recipe, recipe_of
from .render import EVERY, MOST_FACES, Renderers
from .run import BEST, LAST, write_run
from .schedule import Progress, rate_share, spoken
from .seed import seed_everything
from .weights import float_file, fold_batch_norm, load_onnx

LOG_EVERY = 20


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


def warm_renderers(renderers: Renderers, sampler: Sampler, options, stop: StopSignal) -> None:
    """Autoencoders of another run, or trained alone for a while; nothing where there are none."""
    if options.autoencoders and options.autoencoders != "none":
        saved = torch.load(Path(options.autoencoders) / LAST, map_location="cpu", weights_only=True)
        renderers.networks.load_state_dict(saved["autoencoders"])
        return
    for _ in range(options.warm_autoencoders if len(renderers.networks) else 0):
        if stop.received:
            break
        renderers.train_all(sampler.pictures(sampler.real.draw(min(options.pairs, MOST_FACES))))


def main(words: list[str] | None = None) -> None:
    options = arguments(words, __doc__)
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
    else:
        warm_renderers(renderers, sampler, options, stop)
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
            row = [
                step,
                f"{scheduler.get_last_lr()[0]:.2e}",
                f"{classification.item():.4f}",
                f"{maps.item():.4f}",
                f"{speed:.1f}",
            ]
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
            if not score <= best:  # without a val split it is not a number: then the last step is kept
                best = score
                save_checkpoint(out / BEST, progress, {"average": average}, device)
                (out / "best.json").write_text(json.dumps({"step": step + 1, "score": score}) + "\n")
        if due or stop.received or time.monotonic() - saved_at > 60 * options.checkpoint_minutes:
            save_checkpoint(checkpoint, progress, parts, device)
            saved_at = time.monotonic()


if __name__ == "__main__":
    main()
