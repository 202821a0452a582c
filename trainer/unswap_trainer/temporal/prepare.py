"""Forges whole clips, degrades them and their originals alike, and writes what a frozen classifier says of each frame.

    python -m unswap_trainer.temporal.prepare --data prepared/ff --model models/ff-1 --run runs/ff --out runs/clips
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch

from ..crops import Crops, load_crops
from ..degrade import STORED_MARGIN
from ..forge import KINDS
from ..forge.autoencoder import autoencoders as make_autoencoders
from ..loss import reconstruction_loss
from ..measure import MARGIN, canonical_view
from ..precision import Precision, optimiser_step
from ..run import LAST
from ..seed import seed_everything
from .classifier import Classifier
from .clips import Clip, draw_rows, find_clips, padded, pictures_of
from .degrade import degrade_clips
from .forge import forge_clips
from .rows import make_rows
from .sequences import Sequences, save
from .sheet import save_sheet


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", required=True, help="folders that `unswap dataset preprocess --frames 32` wrote")
    parser.add_argument("--model", required=True, help="folder of the classifier that the head is for")
    parser.add_argument("--out", required=True)
    parser.add_argument("--run", help="run of the classifier's training: its autoencoders forge here too")
    parser.add_argument("--variant", choices=["float", "int8"], default="float", help="weights to score with")
    parser.add_argument("--pairs", type=int, default=4000, help="pairs of a real clip and a fake one from the train split")
    parser.add_argument("--held-out", type=int, default=500, help="pairs from each other split")
    parser.add_argument("--labelled", type=float, default=0.3, help="share of pairs whose fake is a labelled one, where there are any")
    parser.add_argument("--frames", type=int, default=32, help="most frames of a clip")
    parser.add_argument("--batch", type=int, default=8, help="pairs at a time")
    parser.add_argument("--warm-autoencoders", type=int, default=400, help="steps, without --run")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


class Maker:
    """Makes pairs of sequences from the clips of one split."""

    def __init__(self, crops: Crops, clips: list[Clip], classifier: Classifier, autoencoders, options, autocast):
        self.crops, self.classifier, self.autoencoders = crops, classifier, autoencoders
        self.options, self.autocast, self.device = options, autocast, torch.device(options.device)
        self.generator = np.random.default_rng(options.seed)
        self.real = [clip for clip in clips if not clip.fake]
        sources = {clip.source for clip in self.real}
        self.fake = [clip for clip in clips if clip.fake and clip.source in sources]

    def pick(self, clips: list[Clip], count: int) -> list[Clip]:
        return [clips[at] for at in self.generator.integers(0, len(clips), count)]

    def batch(self, count: int):
        """Pairs: real clips and their forgeries, or labelled fakes beside real clips of their own source → rows per
        clip, whether it is fake, its kind; and the views P,2,T,3,S,S."""
        labelled = self.generator.random() < self.options.labelled and len(self.fake) > 0
        if labelled:
            fakes = self.pick(self.fake, count)
            reals = [self.pick([clip for clip in self.real if clip.source == fake.source], 1)[0] for fake in fakes]
        else:
            reals = self.pick(self.real, count)
        rows = [draw_rows(clip, self.options.frames, self.generator) for clip in reals]
        if labelled:
            others = [draw_rows(clip, len(own), self.generator) for clip, own in zip(fakes, rows)]
            rows = [own[: len(other)] for own, other in zip(rows, others)]
        else:
            others = rows
        index = padded(rows + others)
        pictures, points = pictures_of(self.crops, index, self.device)
        pictures, points = (torch.stack([both[:count], both[count:]], 1) for both in (pictures, points))
        kinds = ["labelled"] * count
        if not labelled:
            groups = torch.tensor([clip.group for clip in reals], device=self.device)
            forged = forge_clips(pictures[:, 0], points[:, 0], self.autoencoders, groups, self.autocast)
            pictures = torch.stack([forged.real, forged.fake], 1)
            points = torch.stack([forged.real_points, forged.fake_points], 1)
            kinds = [KINDS[kind] for kind in forged.kind.tolist()]
        views = canonical_view(pictures.flatten(0, 2), self.classifier.size).unflatten(0, pictures.shape[:3])
        views, points = degrade_clips(views, (points - 0.5) * (STORED_MARGIN / MARGIN) + 0.5)
        sequences = self.score(views, points, [own for pair in zip(rows, others) for own in pair])
        return sequences, [fake for _ in rows for fake in (False, True)], [name for kind in kinds for name in ("real", kind)], views

    def score(self, views, points, rows) -> list[np.ndarray]:
        frames = views.shape[2]
        scores = self.classifier(views.flatten(0, 2).cpu().numpy())
        done = []
        for at, (view, own) in enumerate(zip(views.flatten(0, 1), rows)):
            here = slice(at * frames, at * frames + len(own))
            table = [self.crops.rows[row] for row in own]
            done.append(
                make_rows(
                    {name: part[here] for name, part in scores.items()},
                    view[: len(own)],
                    points.flatten(0, 1)[at, : len(own)],
                    [row["seconds"] for row in table],
                    [row["quality"]["side"] * MARGIN / STORED_MARGIN for row in table],
                )
            )
        return done


def warm(autoencoders, crops: Crops, steps: int, device, precision: Precision) -> None:
    real = torch.from_numpy(np.flatnonzero((crops.column("split") == "train") & ~crops.is_fake()))
    optimiser, scaler = torch.optim.Adam(autoencoders.parameters(), lr=1e-3), precision.scaler()
    for _ in range(steps):
        faces = crops.pictures(real[torch.randint(len(real), (min(96, len(real)),))]).to(device).float() / 255
        optimiser_step(sum(reconstruction_loss(each, faces, precision.autocast) for each in autoencoders), optimiser, scaler)


def autoencoders_of(run: str, device) -> dict:
    """Empty of a run that rendered nothing."""
    return torch.load(Path(run) / LAST, map_location=device, weights_only=True)["autoencoders"]


def main() -> None:
    options = arguments()
    out, device = Path(options.out), torch.device(options.device)
    out.mkdir(parents=True, exist_ok=True)
    seed_everything(options.seed)
    precision = Precision(device)
    crops = load_crops(options.data)
    clips = find_clips(crops)
    classifier = Classifier(Path(options.model), options.variant)
    autoencoders = make_autoencoders().to(device)
    trained = autoencoders_of(options.run, device) if options.run else {}
    if trained:
        autoencoders.load_state_dict(trained)
    else:
        warm(autoencoders, crops, options.warm_autoencoders, device, precision)
    autoencoders.requires_grad_(False)

    rows, fake, kind, split, began = [], [], [], [], time.monotonic()
    for name in sorted({clip.split for clip in clips}):
        maker = Maker(crops, [clip for clip in clips if clip.split == name], classifier, autoencoders, options, precision.autocast)
        if not maker.real:
            continue
        wanted = options.pairs if name == "train" else options.held_out
        for at in range(0, wanted, options.batch):
            own, is_fake, kinds, views = maker.batch(min(options.batch, wanted - at))
            rows, fake, kind, split = rows + own, fake + is_fake, kind + kinds, split + [name] * len(own)
            if at == 0:
                save_sheet(out / f"clips-{name}.png", views, kinds)
            speed = sum(map(len, rows)) / (time.monotonic() - began)
            print(f"{name}: {at + len(own) // 2} of {wanted} pairs, {speed:.0f} frames/s", flush=True)
    if "train" not in split:
        raise SystemExit("The train split has no real clips of four frames or more. Preprocess with more --frames.")
    about = {"model": classifier.manifest["id"], "sha256": classifier.sha256, "features": classifier.width, "options": vars(options)}
    lengths = np.array([len(own) for own in rows])
    table = np.zeros((len(rows), lengths.max(), rows[0].shape[1]), np.float32)
    for at, own in enumerate(rows):
        table[at, : len(own)] = own
    save(out, Sequences(table, lengths, np.array(fake), np.array(split), np.array(kind), about))
    print(f"Wrote {len(rows)} sequences to {out}. Look at its clips-*.png before training on them.")


if __name__ == "__main__":
    main()
