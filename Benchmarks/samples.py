"""Runs programs as whole processes, in turn, and takes what the system says of each when it ends."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Command:
    """A program with its arguments; `prepare` runs before each start and is not counted.

    One that `times_itself` prints "WALL CPU" in seconds as its last line on standard error: what it took for the part of
    its work that counts.
    """

    arguments: Sequence[str]
    prepare: Callable[[], None] = lambda: None
    times_itself: bool = False


@dataclass(frozen=True)
class Sample:
    """One run: seconds by the clock, seconds of processor, the largest resident size in bytes."""

    wall: float
    cpu: float
    rss: int


@dataclass(frozen=True)
class Series:
    """The runs of one program."""

    samples: Sequence[Sample]

    def of(self, figure: str) -> list[float]:
        return [getattr(sample, figure) for sample in self.samples]

    def median(self, figure: str) -> float:
        return statistics.median(self.of(figure))

    def summary(self) -> dict[str, dict[str, float]]:
        return {figure: {"min": min(self.of(figure)), "median": self.median(figure), "max": max(self.of(figure))}
                for figure in ("wall", "cpu", "rss")}


def run_once(command: Command, log: Path) -> Sample:
    """Starts the program with its output thrown away and its errors in `log`."""
    command.prepare()
    null = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
    errors = (os.POSIX_SPAWN_OPEN, 2, str(log), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    start = time.monotonic()
    child = os.posix_spawnp(command.arguments[0], list(command.arguments), os.environ, file_actions=[null, errors])
    _, status, usage = os.wait4(child, 0)
    wall = time.monotonic() - start
    if status != 0:
        raise RuntimeError(f"{' '.join(command.arguments)} ended with {status}:\n{log.read_text()[-2000:]}")
    cpu = usage.ru_utime + usage.ru_stime
    if command.times_itself:
        wall, cpu = map(float, log.read_text().splitlines()[-1].split())
    return Sample(wall, cpu, usage.ru_maxrss * 1024)


def interleaved(commands: Mapping[str, Command], runs: int, log: Path) -> dict[str, Series]:
    """Each program once uncounted, then all of them in turn, `runs` times: A B C A B C …"""
    for command in commands.values():
        run_once(command, log)
    samples: dict[str, list[Sample]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            samples[name].append(run_once(command, log))
    return {name: Series(series) for name, series in samples.items()}


def ratio(a: Series, b: Series, figure: str) -> dict[str, float]:
    """`a` to `b`, run by run: pairs that ran one behind the other share the machine's mood."""
    pairs = [x / y for x, y in zip(a.of(figure), b.of(figure), strict=True)]
    return {"min": min(pairs), "median": statistics.median(pairs), "max": max(pairs)}
