"""Compares exported classifiers on the same crops, in one table: by data set and method, frames and whole videos.

python -m unswap_trainer.compare models/xception-1 runs/mine.onnx --data prepared/ff prepared/celebdf --frames 8
"""

import argparse
from pathlib import Path

import numpy as np

from .crops import Crops, load_crops
from .measure import group_of, rank_auc, spread
from .places import onnx_file
from .score import manipulated_logits, spread_rows

HIGH_LOGITS = (2, 3)


def arguments(words: list[str] | None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "models", nargs="+", help="model folders (their float variant), .onnx files or runs (their best step)"
    )
    parser.add_argument("--data", nargs="+", required=True, help="prepared folders; their train splits are left out")
    parser.add_argument("--frames", type=int, default=8, help="most frames of a file")
    parser.add_argument("--files", type=int, default=200, help="most files of a source and method")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--cache", help="folder that keeps logits for the next comparison")
    parser.add_argument("--out", help="file for the table, beside the standard output")
    return parser.parse_args(words)


def held_out_rows(crops: Crops, frames: int, files: int) -> np.ndarray:
    """Of every source and method at most `files` files, evenly spread, and at most `frames` rows of each."""
    rows = np.concatenate([spread_rows(crops, split, frames) for split in ("val", "test")])
    paths: dict[tuple, dict[str, list[int]]] = {}
    for row in rows:
        paths.setdefault(group_of(crops.rows[row]), {}).setdefault(crops.rows[row]["path"], []).append(row)
    chosen = []
    for own in paths.values():
        for name in spread(np.array(sorted(own)), files):
            chosen += own[name]
    return np.sort(chosen)


def per_file(crops: Crops, rows: np.ndarray, logits: np.ndarray) -> dict[tuple, float]:
    """Mean logit of each file, by source, method and path."""
    files: dict[tuple, list[float]] = {}
    for row, logit in zip(rows, logits):
        files.setdefault((*group_of(crops.rows[row]), crops.rows[row]["path"]), []).append(logit)
    return {name: float(np.mean(own)) for name, own in files.items()}


def table_rows(crops: Crops, rows: np.ndarray) -> list[tuple[str, str]]:
    """(source, method); `all`: every fake of the source, `genuine`: its genuine crops."""
    groups = sorted({group_of(crops.rows[row]) for row in rows})
    lines = []
    for source in sorted({source for source, _ in groups}):
        methods = [method for name, method in groups if name == source and method != "genuine"]
        lines += [(source, method) for method in [*methods, *(["all"] if len(methods) > 1 else []), "genuine"]]
    return [line for line in lines if line[1] != "genuine" or line in groups]


def cell(source: str, method: str, names: np.ndarray, logits: np.ndarray, files: dict[tuple, float]) -> str:
    """Frame and video AUC, or of genuine crops the share above each of HIGH_LOGITS."""
    genuine = (names[:, 0] == source) & (names[:, 1] == "genuine")
    if method == "genuine":
        return " / ".join(f"{(logits[genuine] > high).mean():.1%}" for high in HIGH_LOGITS)
    wanted = (names[:, 0] == source) & ((names[:, 1] == method) | ((method == "all") & ~genuine))
    frame = rank_auc(logits[genuine | wanted], wanted[genuine | wanted])
    mine = {
        name: value
        for name, value in files.items()
        if name[0] == source and (method == "all" or name[1] in ("genuine", method))
    }
    video = rank_auc(np.array(list(mine.values())), np.array([name[1] != "genuine" for name in mine]))
    return f"{frame:.3f} / {video:.3f}"


def main(words: list[str] | None = None) -> None:
    options = arguments(words)
    crops = load_crops(options.data)
    rows = held_out_rows(crops, options.frames, options.files)
    names = np.array([group_of(crops.rows[row]) for row in rows])
    cache = Path(options.cache) if options.cache else None
    scored = []
    for model in options.models:
        logits = manipulated_logits(onnx_file(Path(model)), crops, rows, options.size, cache)
        scored.append((logits, per_file(crops, rows, logits)))
        print(f"scored {model}", flush=True)
    lines = ["| Set | Method | Files | " + " | ".join(Path(model).stem for model in options.models) + " |"]
    lines.append("| --- | --- | --- |" + " --- |" * len(options.models))
    for source, method in table_rows(crops, rows):
        count = sum(
            name[0] == source and (name[1] == method or (method == "all" and name[1] != "genuine"))
            for name in scored[0][1]
        )
        cells = [cell(source, method, names, logits, files) for logits, files in scored]
        lines.append(f"| {source} | {method} | {count} | " + " | ".join(cells) + " |")
    lines.append(
        "\nFrame AUC / video AUC; of genuine crops the share above logit " + " / ".join(map(str, HIGH_LOGITS)) + "."
    )
    table = "\n".join(lines)
    print(table)
    if options.out:
        Path(options.out).write_text(table + "\n")


if __name__ == "__main__":
    main()
