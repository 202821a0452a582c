"""How far a run is, by steps or by minutes, and the learning rate that belongs there."""

import math
import time
from dataclasses import dataclass, field

WARM_UP = 0.03
LOWEST_SHARE = 0.01


@dataclass
class Progress:
    """`steps` or `minutes` ends the run. `seconds` were spent before this start: a resumed run goes on counting."""

    steps: int | None
    minutes: float | None
    step: int = 0
    seconds: float = 0
    began: float = field(default_factory=time.monotonic)

    def spent(self) -> float:
        return self.seconds + time.monotonic() - self.began

    def share(self) -> float:
        """0 at the start, 1 at the end."""
        if self.minutes:
            return min(1, self.spent() / (60 * self.minutes))
        return self.step / self.steps

    def finished(self) -> bool:
        return self.share() >= 1

    def seconds_left(self) -> float:
        if self.minutes:
            return max(0, 60 * self.minutes - self.spent())
        return self.spent() / max(1, self.step) * (self.steps - self.step)


def rate_share(share: float, warm_up: float = WARM_UP) -> float:
    """Share of the highest rate: a straight line up, then a cosine down to a hundredth."""
    cosine = LOWEST_SHARE + (1 - LOWEST_SHARE) * 0.5 * (1 + math.cos(math.pi * share))
    return min(1, (share + 1e-3) / warm_up) * cosine


def spoken(seconds: float) -> str:
    """3725 → 1 h 02 min."""
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"
