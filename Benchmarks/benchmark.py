"""Measures the connector side by side with mysqlbinlog and with the codecs alone, and prints a table with the goals.

    MBC_BINARY=PROGRAM python benchmark.py [--runs N] [--only NAME[,NAME…]] [--json FILE] [--svg FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import goals
from goals import Bench, Figure
from workload import PROJECT, Workloads


def table(figures: list[Figure]) -> str:
    lines = [f"| {'Figure':64} | {'Measured':>18} | {'Goal':>9} | |", f"|{'-' * 66}|{'-' * 20}|{'-' * 11}|---|"]
    for figure in figures:
        value = f"{figure.value:#.3g} {figure.unit}".strip()
        goal = f"{'≥' if figure.at_least else '≤'} {figure.limit:.3g}"
        mark = "yes" if figure.is_reached else "no"
        lines.append(f"| {figure.name:64} | {value:>18} | {goal:>9} | {mark} |")
    return "\n".join(lines)


def draw(figures: list[Figure], path: Path) -> None:
    """Each figure as its share of the goal: shorter is better, and the line is the goal."""
    import matplotlib
    matplotlib.use("svg")
    from matplotlib import pyplot

    shares = [figure.limit / figure.value if figure.at_least else figure.value / figure.limit for figure in figures]
    chart, axes = pyplot.subplots(figsize=(10, 0.32 * len(figures) + 1))
    colours = ["#2a7f62" if figure.is_reached else "#b5542b" for figure in figures]
    axes.barh([figure.name for figure in figures], shares, color=colours)
    axes.axvline(1, color="black", linewidth=1)
    axes.invert_yaxis()
    axes.set_xlabel("share of the goal: the line is the goal, shorter is better")
    chart.tight_layout()
    chart.savefig(path, metadata={"Date": None})


def mysqlbinlog() -> list[str]:
    """The command line that scripts/servers comes to, so that the shell before it is not measured."""
    script = [str(PROJECT / "scripts" / "servers"), "mysqlbinlog", "mysql-9.7", "-"]
    with subprocess.Popen(script, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as waiting:
        command: list[str] = []
        while "--no-defaults" not in command:
            time.sleep(0.05)
            command = Path(f"/proc/{waiting.pid}/cmdline").read_text().split("\0")[:-1]
            if waiting.poll() is not None:
                raise RuntimeError("mysqlbinlog does not start")
        waiting.kill()
    return [*command[:command.index("--argv0")], *command[command.index("--argv0") + 2:-1]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(goals.ALL))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--svg", type=Path)
    options = parser.parse_args()
    binary = Path(os.environ["MBC_BINARY"]).resolve()
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="mbc-benchmark-", dir=memory if memory.is_dir() else None))
    logs = Path(tempfile.mkdtemp(prefix="mbc-benchmark-logs-"))
    workloads = Workloads(logs)
    try:
        bench = Bench(binary, mysqlbinlog(), workloads, folder, options.runs)
        figures = [figure for name in options.only for figure in goals.ALL[name](bench)]
        if "text" in options.only:
            goals.rows_agree(bench)
    finally:
        workloads.close()
        shutil.rmtree(folder)
        shutil.rmtree(logs)
    print(table(figures))
    if options.json:
        shown = [{"name": f.name, "value": f.value, "goal": f.limit, "at_least": f.at_least, "unit": f.unit,
                  "reached": f.is_reached, "detail": f.detail, "spread": f.spread} for f in figures]
        options.json.write_text(json.dumps({"figures": shown, "runs": bench.raw}, indent=1) + "\n")
    if options.svg:
        draw(figures, options.svg)


if __name__ == "__main__":
    main()
