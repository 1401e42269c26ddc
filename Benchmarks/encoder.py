"""The processor time and the bytes that this program's encoder takes for columns like the reference workload's, beside pyarrow's.

    python encoder.py [--runs N]

Both write the same 650,000 rows with one thread in row groups of 122,880, without compression and with zstd at level 2. The unit
tests must be built: `swift build -c release --build-tests`. What counts is the smallest user time of all runs.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import tempfile
from pathlib import Path

import pyarrow
import pyarrow.parquet

PROJECT = Path(__file__).parents[1]
GOAL = 0.5


def encode(folder: Path) -> dict[str, tuple[float, int]]:
    """Seconds and bytes for each codec, by this program's encoder."""
    command = ["swift", "test", "-c", "release", "--skip-build", "--filter", "EncoderBenchmark"]
    subprocess.run(command, cwd=PROJECT, env=os.environ | {"MBC_ENCODER_BENCHMARK": str(folder)}, check=True, capture_output=True)
    return {codec: (float((folder / f"{codec}.seconds").read_text()), (folder / f"{codec}.parquet").stat().st_size) for codec in ("none", "zstd")}


def encode_with_pyarrow(folder: Path, codec: str) -> tuple[float, int]:
    table = pyarrow.parquet.read_table(folder / "none.parquet", use_threads=False)
    file = folder / "pyarrow.parquet"
    start = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    level = {"compression_level": 2} if codec == "zstd" else {}
    pyarrow.parquet.write_table(table, file, compression=codec, row_group_size=122_880, **level)
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime - start, file.stat().st_size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    pyarrow.set_cpu_count(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        times: dict[str, list[tuple[float, int]]] = {}
        for _ in range(runs):
            for codec, found in encode(folder).items():
                times.setdefault(codec, []).append(found)
                times.setdefault(f"pyarrow {codec}", []).append(encode_with_pyarrow(folder, codec))
    for codec in ("none", "zstd"):
        (ours, size), (theirs, their_size) = min(times[codec]), min(times[f"pyarrow {codec}"])
        print(f"{codec}: {ours:.3f} s and {size:,} bytes; pyarrow {theirs:.3f} s and {their_size:,} bytes: {ours / theirs:.2f} of the time, "
              f"goal {GOAL}; {size / their_size:.2f} of the size, goal 1")


if __name__ == "__main__":
    main()
