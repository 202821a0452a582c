"""What a run writes down: `log.csv` of its steps, `figures.csv` of its early figures."""

import csv
import math
from pathlib import Path

STEPS = ["step", "rate", "classification", "map", "crops_per_second"]
FIGURES = ["step", "split", "crops", "auc", "genuine_above_2", "false_positive_rate", "false_negative_rate"]


def start_logs(out: Path, step: int) -> None:
    """Begins both files; of a run that goes on, what was written after its checkpoint is taken out."""
    for name, head in (("log.csv", STEPS), ("figures.csv", FIGURES)):
        file = out / name
        before = file.read_text().splitlines() if step and file.exists() else []
        # a row of `log.csv` counts steps from 0, one of `figures.csv` tells how many were done
        last = step if name == "figures.csv" else step - 1
        kept = [row for row in list(csv.reader(before))[1:] if int(row[0]) <= last]
        with open(file, "w", newline="") as written:
            csv.writer(written).writerows([head, *kept])


def add_step(out: Path, values: list) -> None:
    with open(out / "log.csv", "a", newline="") as log:
        csv.writer(log).writerow(values)


def add_figures(out: Path, step: int, figures: dict[str, dict]) -> None:
    with open(out / "figures.csv", "a", newline="") as log:
        for split, own in figures.items():
            csv.writer(log).writerow([step, split, *(own.get(name) for name in FIGURES[2:])])


def refuse_divergence(step: int, *losses: float) -> None:
    if all(map(math.isfinite, losses)):
        return
    raise SystemExit(
        f"The loss is not a number at step {step}. Go on from the last checkpoint with --resume and half of --rate; "
        "if that does not hold, add --precision float32."
    )
