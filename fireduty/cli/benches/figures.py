"""Figures: what a bench says, and how it is judged."""

import os
import platform
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

KIBIBYTE = 1024


@dataclass(frozen=True)
class Figure:
    """One ratio.

    Attributes:
        name: What was measured.
        ratio: Ours over the baseline, the median over the rounds.
        limit: What it must reach.
        better: `lower` or `higher`.
        ours: Our median, with its unit in the name.
        baseline: The baseline's median.
    """

    name: str
    ratio: float
    limit: float
    better: str
    ours: float
    baseline: float

    @property
    def holds(self) -> bool:
        """Whether the limit is reached."""
        return self.ratio <= self.limit if self.better == "lower" else self.ratio >= self.limit

    def as_json(self) -> dict[str, Any]:
        """Return the figure as programs read it."""
        return {**asdict(self), "holds": self.holds}


def measure(name: str, rounds: list[tuple[float, float]], limit: float) -> Figure:
    """Return the figure of rounds that each measured ours and the baseline, where lower is better."""
    ratio = statistics.median(ours / baseline for ours, baseline in rounds)
    ours = statistics.median(ours for ours, _ in rounds)
    baseline = statistics.median(baseline for _, baseline in rounds)
    return Figure(name, round(ratio, 3), limit, "lower", round(ours, 6), round(baseline, 6))


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak_megabytes() -> float:
    """Return the greatest memory this process has held, in megabytes of 1024 × 1024 bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIBIBYTE


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    return {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}


def report(bench: str, figures: list[Figure]) -> dict[str, Any]:
    """Return a bench's report."""
    return {"bench": bench, "machine": machine(), "figures": [figure.as_json() for figure in figures]}
