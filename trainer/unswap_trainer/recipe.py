"""What a batch is made of: the options of training that concern its pictures."""

from dataclasses import dataclass, field

# A source's share grows with its videos, but slower: small sources count without being repeated to death.
BALANCE = 0.5


@dataclass
class Recipe:
    """`pairs`: forged pairs a step; `labelled`: labelled fakes and their reals a step; `size`: side of the crops in pixels.

    `sizes`: sides drawn from instead, one a step; `shares`: factors of sources by name; `video`: share of pairs that a
    video encoder sees; `kinds`: weights of forgeries by name; `rerender`: share of rendered faces that are denoised,
    sharpened or resampled; `hard`: how much oftener than others a crop of large loss comes, 0 for not at all.
    """

    size: int
    pairs: int
    labelled: int = 0
    sizes: tuple[int, ...] = ()
    balance: float = BALANCE
    shares: dict[str, float] = field(default_factory=dict)
    video: float = 0.0
    kinds: dict[str, float] = field(default_factory=dict)
    rerender: float = 0.0
    hard: float = 0.0


def recipe_of(options) -> Recipe:
    """From the command's options; a size that 16 does not divide has no JPEG."""
    odd = [size for size in options.sizes if size % 16]
    if odd:
        raise SystemExit(f"--sizes {odd[0]}: sides are multiples of 16.")
    named = {"shares": named_numbers(options.share), "kinds": named_numbers(options.forge)}
    plain = {
        name: getattr(options, name) for name in ("size", "pairs", "labelled", "balance", "video", "rerender", "hard")
    }
    return Recipe(**plain, **named, sizes=tuple(options.sizes))


def named_numbers(words: list[str]) -> dict[str, float]:
    """`ff=3` → {"ff": 3.0}."""
    try:
        return {name: float(number) for name, number in (word.split("=") for word in words)}
    except ValueError:
        raise SystemExit(f"{' '.join(words)}: names and numbers are wanted, such as ff=3.") from None
