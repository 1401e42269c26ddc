"""What is measured, and what it is to reach: each function measures one thing and gives its figures."""

from __future__ import annotations

import json
import math
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from latency import first_row_seconds, latencies
from samples import Command, Sample, Series, interleaved, ratio, run_once
from workload import PROJECT, Log, Workloads

MIB = 1 << 20


@dataclass(frozen=True)
class Figure:
    """One figure beside its goal: `limit` is the most that it may be, or the least where `at_least`."""

    name: str
    value: float
    limit: float
    unit: str
    at_least: bool = False
    detail: str = ""
    spread: dict[str, float] = field(default_factory=dict)

    @property
    def is_reached(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit


@dataclass
class Bench:
    """What every measurement needs."""

    binary: Path
    mysqlbinlog: list[str]
    workloads: Workloads
    folder: Path
    runs: int
    raw: dict[str, Any] = field(default_factory=dict)

    def config(self, name: str, **fields: Any) -> Path:
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps({"log_level": "warn"} | fields))
        return path

    def ours(self, name: str, **fields: Any) -> Command:
        """The connector; its output folder is emptied before each run."""
        output = self.folder / "out" / name
        path = self.config(name, parquet_output_dir=str(output), **fields)
        return Command([str(self.binary), str(path)], lambda: shutil.rmtree(output, ignore_errors=True))

    def file(self, *paths: Path) -> dict[str, Any]:
        return {"source": "file", "files": [str(path) for path in paths]}

    def tcp(self, log: Log, **fields: Any) -> dict[str, Any]:
        server = self.workloads.server
        return {"host": "127.0.0.1", "port": server.port, "user": "repl", "password": "repl-secret",
                "from_binlog_file": log.start.file, "from_binlog_position": 4,
                "to_binlog_file": log.stop.file, "to_binlog_position": log.stop.offset} | fields

    def measure(self, title: str, **commands: Command) -> dict[str, Series]:
        print(f"  {title} …", file=sys.stderr, flush=True)
        series = interleaved(commands, self.runs, self.folder / "stderr")
        self.raw[title] = {name: runs.summary() for name, runs in series.items()}
        return series

    def decode_rows(self, log: Log) -> Command:
        return Command([*self.mysqlbinlog, "-v", "--base64-output=decode-rows", str(log.path)])


PARQUET = {"output_mode": "parquet"}
TABLES = PARQUET | {"parquet_layout": "tables"}


def read(what: str, *paths: Path) -> Any:
    """What parquet_readers.py says of the file."""
    script = [sys.executable, str(PROJECT / "Benchmarks" / "parquet_readers.py"), what, *map(str, paths)]
    return json.loads(subprocess.run(script, check=True, stdout=subprocess.PIPE).stdout)


def text_and_decode(bench: Bench) -> Iterator[Figure]:
    log = bench.workloads.shop_orders()
    series = bench.measure(
        "text and decoding", mysqlbinlog=bench.decode_rows(log), text=bench.ours("text", **bench.file(log.path)),
        parquet=bench.ours("plain", **bench.file(log.path), **PARQUET, compression="none"))
    speedup = ratio(series["mysqlbinlog"], series["text"], "wall")
    yield Figure("text to /dev/null, times as fast as mysqlbinlog -v", speedup["median"], 4, "x", True, spread=speedup)
    speedup = ratio(series["mysqlbinlog"], series["parquet"], "wall")
    rows = log.rows / series["parquet"].median("wall")
    yield Figure("file to Parquet without compression, times as fast", speedup["median"], 6, "x", True,
                 f"{rows:,.0f} rows/s", speedup)


def compression(bench: Bench) -> Iterator[Figure]:
    log = bench.workloads.shop_orders()
    plain = bench.folder / "out" / "plain" / f"{log.path.name}.parquet"
    if not plain.exists():
        bench.measure("pages", plain=bench.ours("plain", **bench.file(log.path), **PARQUET, compression="none"))
    for codec, level in (("gzip", 3), ("gzip", 6), ("zstd", 2), ("zstd", 9)):
        alone = Command([sys.executable, str(PROJECT / "Benchmarks" / "parquet_pages.py"), codec, str(level), str(plain)],
                        times_itself=True)
        ours = bench.ours(f"{codec}{level}", **bench.file(log.path), **PARQUET, compression=codec, compression_level=level)
        series = bench.measure(f"{codec} level {level}", alone=alone, ours=ours)
        cpu, wall = (ratio(series["ours"], series["alone"], figure) for figure in ("cpu", "wall"))
        yield Figure(f"{codec} {level}: processor time to that of the codec alone", cpu["median"], 1.2, "x", spread=cpu)
        yield Figure(f"{codec} {level}: wall time to that of the codec alone", wall["median"], 0.6, "x", spread=wall)


def whole_run(bench: Bench) -> Iterator[Figure]:
    log = bench.workloads.shop_orders()
    series = bench.measure("TCP to zstd Parquet", mysqlbinlog=bench.decode_rows(log),
                           ours=bench.ours("tcp-zstd", **bench.tcp(log), **PARQUET, compression="zstd"))
    share = ratio(series["ours"], series["mysqlbinlog"], "wall")
    yield Figure("TCP to zstd Parquet, wall time to mysqlbinlog -v of the file", share["median"], 0.5, "x", spread=share)


def size(bench: Bench) -> Iterator[Figure]:
    log = bench.workloads.shop_orders()
    bench.measure("size", ours=bench.ours("gzip6", **bench.file(log.path), **PARQUET, compression="gzip",
                                          compression_level=6))
    written = bench.folder / "out" / "gzip6" / f"{log.path.name}.parquet"
    again = bench.folder / "pyarrow.parquet"
    ours = written.stat().st_size
    yield Figure("gzip 6: size to that of pyarrow's file", ours / read("size", written, again), 1, "x",
                 detail=f"{ours / MIB:.1f} MiB")
    yield Figure("gzip 6: size to that of the binlog", ours / log.bytes, 0.35, "x")


def tables(bench: Bench) -> Iterator[Figure]:
    """Typed tables, beside the nine columns in the same run."""
    log = bench.workloads.shop_orders()
    series = bench.measure(
        "typed tables", mysqlbinlog=bench.decode_rows(log),
        nine=bench.ours("nine", **bench.file(log.path), **PARQUET, compression="none"),
        plain=bench.ours("tables", **bench.file(log.path), **TABLES, compression="none"),
        zstd=bench.ours("tables-zstd", **bench.file(log.path), **TABLES, compression="zstd", compression_level=2),
        tcp=bench.ours("tables-tcp", **bench.tcp(log), **TABLES, compression="zstd"))
    for name, title, goal in (("plain", "file to typed tables without compression", 10), ("zstd", "file to typed tables with zstd", 6),
                              ("tcp", "TCP to typed tables with zstd", 5)):
        speedup = ratio(series["mysqlbinlog"], series[name], "wall")
        yield Figure(f"{title}, times as fast as mysqlbinlog -v", speedup["median"], goal, "x", True, spread=speedup)
    yield Figure("typed tables: processor time to that of the nine columns", ratio(series["plain"], series["nine"], "cpu")["median"], 1, "x")
    yield Figure("typed tables: largest resident size", max(series[name].median("rss") for name in ("plain", "zstd", "tcp")) / MIB, 64, "MiB")
    (written,) = (bench.folder / "out" / "tables-zstd").glob("shop/*/*.parquet")
    ours = written.stat().st_size
    yield Figure("typed tables, zstd 2: size to that of pyarrow's file", ours / read("typed", written, bench.folder / "pyarrow.parquet"), 1,
                 "x", detail=f"{ours / MIB:.1f} MiB")


def dump(bench: Bench) -> Iterator[Figure]:
    log = bench.workloads.shop_orders()
    target = bench.folder / "raw-"
    for name, ssl in (("plain", "disabled"), ("TLS", "required")):
        raw = Command([*bench.mysqlbinlog, "--read-from-remote-server", "--raw", "--host=127.0.0.1",
                       f"--port={bench.workloads.server.port}", "--user=repl", "--password=repl-secret",
                       f"--ssl-mode={ssl.upper()}", f"--result-file={target}", log.start.file])
        ours = bench.ours(f"dump-{ssl}", **bench.tcp(log), ssl_mode=ssl, exclude=["shop.*"])
        series = bench.measure(f"dump, {name}", mysqlbinlog=raw, ours=ours)
        share = ratio(series["ours"], series["mysqlbinlog"], "wall")
        yield Figure(f"dump, {name}: wall time to mysqlbinlog --raw", share["median"], 1, "x", spread=share)


def memory(bench: Bench) -> Iterator[Figure]:
    log = bench.workloads.shop_orders()
    series = bench.measure("memory", tcp=bench.ours("tcp-default", **bench.tcp(log), **PARQUET),
                           one=bench.ours("one", **bench.file(log.path), **PARQUET),
                           ten=bench.ours("ten", **bench.file(*bench.workloads.repeated(log, 10)), **PARQUET))
    yield Figure("largest resident size at default settings", series["tcp"].median("rss") / MIB, 64, "MiB")
    growth = series["ten"].median("rss") / series["one"].median("rss")
    yield Figure("resident size of ten times the log to that of one", growth, 1.1, "x")
    huge = bench.workloads.large_transaction()
    series = bench.measure("a transaction of 1 GB", ours=bench.ours("huge", **bench.file(huge.path), **PARQUET))
    yield Figure("resident size with a transaction of 1 GB, in rows of 1 MB", series["ours"].median("rss") / MIB, 65, "MiB")


# How often the reference is read by each run of a round: all sizes come to 16, so that a slow minute slows each as much. The
# smallest is 2, so that the start of the program weighs little.
ROUND = 2 * (2 * (2, 2, 4) + (8,)) + (16,)


def exponents(bench: Bench, log: Log) -> list[float]:
    """The exponent of time over the size of the log, by each of several rounds."""
    commands = {times: bench.ours(f"times-{times}", **bench.file(*bench.workloads.repeated(log, times)), **PARQUET,
                                  compression="none") for times in set(ROUND)}
    samples: dict[int, list[Sample]] = {times: [] for times in sorted(commands)}
    slopes = []
    print("  growth …", file=sys.stderr, flush=True)
    # Once uncounted: a virtual machine gets memory from its host at the first touch, which is slow.
    run_once(commands[max(ROUND)], bench.folder / "stderr")
    for _ in range(max(1, bench.runs // 3)):
        for times in ROUND:
            samples[times].append(run_once(commands[times], bench.folder / "stderr"))
        walls = {times: statistics.mean(sample.wall for sample in series[-ROUND.count(times):])
                 for times, series in samples.items()}
        slopes.append(statistics.linear_regression(
            [math.log(times) for times in walls], [math.log(wall) for wall in walls.values()]).slope)
    bench.raw["growth"] = {str(times): Series(series).summary() for times, series in samples.items()}
    return slopes


def growth(bench: Bench) -> Iterator[Figure]:
    log = bench.workloads.shop_orders()
    slopes = exponents(bench, log)
    yield Figure("exponent of time over the size of the log, off 1", abs(statistics.median(slopes) - 1), 0.05, "",
                 detail=", ".join(f"{slope:.3f}" for slope in sorted(slopes)))

    small, wide, large = (bench.workloads.small_transactions(), bench.workloads.wide_rows(), bench.workloads.large_values())
    def plain(name: str, log: Log, **fields: Any) -> Command:
        return bench.ours(name, **bench.file(log.path), **PARQUET, compression="none", **fields)
    series = bench.measure("shapes", reference=plain("reference", log), small=plain("small", small),
                           wide=plain("wide", wide), large=plain("large", large))
    speed = {name: made.bytes / series[name].median("wall")
             for name, made in (("reference", log), ("wide", wide), ("large", large))}
    for name, title in (("wide", "1,000 columns"), ("large", "values of 60 MB")):
        yield Figure(f"{title}: MB/s to those of the reference", speed[name] / speed["reference"], 0.5, "x", True)
    rows = small.rows / series["small"].median("wall") / (log.rows / series["reference"].median("wall"))
    yield Figure("200,000 transactions of a row: rows/s to those of the reference", rows, 1 / 3, "x", True)


def filtering(bench: Bench) -> Iterator[Figure]:
    """Processor time by the slope from one log to eight: what the start of the program takes is no part of it."""
    log = bench.workloads.shop_orders()
    commands = {
        f"{name} {times}": bench.ours(f"{name}-{times}", **bench.file(*bench.workloads.repeated(log, times)), **PARQUET,
                                      compression="none", exclude=exclude)
        for name, exclude in (("filtered", ["shop.*"]), ("decoded", [])) for times in (1, 8)}
    series = bench.measure("a table that is filtered out", **commands)
    slopes = {name: [many - one for one, many in zip(series[f"{name} 1"].of("cpu"), series[f"{name} 8"].of("cpu"), strict=True)]
              for name in ("filtered", "decoded")}
    share = statistics.median(slopes["filtered"]) / statistics.median(slopes["decoded"])
    yield Figure("a table that is filtered out, to decoding it", share, 0.05, "x")


def live(bench: Bench) -> Iterator[Figure]:
    print("  latency …", file=sys.stderr, flush=True)
    server = bench.workloads.server
    found = sorted(latencies(bench.binary, server, bench.folder, 500))
    yield Figure("commit to text, median", statistics.median(found) * 1000, 5, "ms")
    yield Figure("commit to text, 99th percentile", found[len(found) * 99 // 100] * 1000, 20, "ms")
    started = [first_row_seconds(bench.binary, server, bench.folder) for _ in range(bench.runs)]
    yield Figure("start to first row", statistics.median(started) * 1000, 50, "ms")
    series = bench.measure("--version", version=Command([str(bench.binary), "--version"]))
    yield Figure("--version", series["version"].median("wall") * 1000, 10, "ms")


def rows_agree(bench: Bench) -> None:
    """What was measured wrote what it should: the reference workload's rows, of each kind."""
    log = bench.workloads.shop_orders()
    written = bench.folder / "out" / "plain" / f"{log.path.name}.parquet"
    kinds = read("kinds", written)
    if kinds != {"INSERT": 500_000, "UPDATE": 100_000, "DELETE": 50_000}:
        raise RuntimeError(f"the reference workload came out as {kinds}")


ALL: dict[str, Callable[[Bench], Iterator[Figure]]] = {
    "text": text_and_decode, "compression": compression, "run": whole_run, "size": size, "tables": tables, "dump": dump, "memory": memory,
    "growth": growth, "filtering": filtering, "live": live,
}
