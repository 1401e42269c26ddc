"""Killed at any moment under a live write load, and resumed each time: the files hold every committed row exactly once.

Eight kills for each server; MBC_KILL_RUNS asks for more.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import checkpoints
from binlog_file import boundaries
from connector import EXIT_OK, EXIT_OUTPUT, Connector, Running
from layouts import CHANGES, Layout, over_layouts
from live_load import LiveLoad, Mix
from output_files import compare, paths, rows_in
from servers import Position, Server
from table_replay import expect_same, replay

KILLS = int(os.environ.get("MBC_KILL_RUNS", "8"))
ROLL = {"parquet_roll_rows": 100, "parquet_roll_bytes": 400_000, "parquet_roll_seconds": 1, "parquet_batch_size": 100}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "state" / "checkpoint.json"


def reference(server: Server, connector: Connector, start: Position, stop: Position, layout: Layout = CHANGES, **fields: Any) -> list[Any]:
    """The rows of the same range as one run writes them that nothing disturbs."""
    folder = connector.folder / "reference"
    fields = fields | layout.fields | {"parquet_output_dir": str(folder)}
    connector.run(connector.parquet(server, start, stop, **fields), limit=300).expect(EXIT_OK)
    return layout.rows_in(folder)


@dataclass
class Figures:
    """What a test did, for its report."""

    runs: int = 0
    kills: int = 0
    checkpoints: int = 0


def listing(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


class Killer:
    """Chooses the moment: after a random time, or just when something of note happens on the disk."""

    def __init__(self, chance: random.Random, output: Path, place: Path) -> None:
        self._chance = chance
        self._delay = 0.01
        self._watches = [None, lambda: listing(output), lambda: listing(place.parent), lambda: checkpoints.position(place)]

    def wait(self, running: Running) -> None:
        limit = time.monotonic() + self._chance.uniform(0.02, 1.5)
        watched = self._chance.choice(self._watches)
        before = watched() if watched else None
        while time.monotonic() < limit and running.process.poll() is None:
            if watched and watched() != before:
                time.sleep(self._chance.uniform(0, self._delay))
                return
            time.sleep(0.001)


@pytest.mark.timeout(3600)
def test_kill(server: Server, connector: Connector, database: str, place: Path, seed: str,
              capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(f"{seed}/{server.name}/kill")
    start = server.next_file()
    fields = {"checkpoint_file": str(place), "include": [f"{database}.*"]} | ROLL
    config = connector.write(connector.parquet(server, start, **fields))
    killer, figures, seen = Killer(chance, connector.output, place), Figures(), set[Position]()
    with LiveLoad(server, database, f"{seed}/{server.name}") as load:
        while figures.kills < KILLS:
            with connector.start(config) as running:
                figures.runs += 1
                killer.wait(running)
                assert running.process.poll() is None, running.stderr()[-3000:]
                running.send(signal.SIGKILL)
                running.process.wait()
                figures.kills += 1
            if found := checkpoints.position(place):
                seen.add(found)
    stop = server.history()
    connector.run(connector.parquet(server, start, stop, **fields), limit=300).expect(EXIT_OK)
    figures.runs += 1
    assert checkpoints.position(place) == stop
    check_boundaries(server, seen)
    found = rows_in(connector.output)
    expected = reference(server, connector, start, stop, include=[f"{database}.*"])
    result = compare(found, expected)
    with capsys.disabled():
        print(f"\n  {server.name}: {figures.runs} runs, {figures.kills} kills, {load.transactions} transactions,"
              f" {len(seen)} checkpoints, {len(paths(connector.output))} files, {result.rows} rows, {result.lost} lost,"
              f" {result.duplicated} duplicated, MBC_SEED={seed}")
    result.expect_equal()
    expect_same(replay(found), server, database)
    assert not list(connector.output.parent.glob(".*.staging/*")), "unfinished files were left behind"


def test_text_loses_nothing(server: Server, connector: Connector, database: str, place: Path, seed: str,
                            capsys: pytest.CaptureFixture[str]) -> None:
    """Text that is out cannot be taken back, so a killed run may leave some of it twice, and half a block; but never none."""
    chance = random.Random(f"{seed}/{server.name}/text")
    start = server.next_file()
    fields = {"checkpoint_file": str(place), "include": [f"{database}.*"]}
    shown = b""
    with LiveLoad(server, database, f"{seed}/{server.name}", Mix(big_share=0)):
        for _ in range(3):
            with connector.start(connector.config(server, start, **fields)) as running:
                time.sleep(chance.uniform(0.5, 1.5))
                running.kill()
                shown += running.stdout()
    stop = server.history()
    shown += connector.run(connector.config(server, start, stop, **fields)).expect(EXIT_OK).stdout
    whole = connector.run(connector.config(server, start, stop, include=fields["include"])).expect(EXIT_OK).stdout
    blocks = [b"=== DML Event" + block for block in whole.split(b"=== DML Event")[1:]]
    have = Counter(b"=== DML Event" + block for block in shown.split(b"=== DML Event")[1:])
    lost = [block for block in blocks if block not in have]
    with capsys.disabled():
        print(f"\n  {server.name} text: 4 runs, 3 kills, {len(blocks)} rows, {len(lost)} lost,"
              f" {have.total() - len(blocks)} shown again, MBC_SEED={seed}")
    assert not lost


def check_boundaries(server: Server, seen: set[Position]) -> None:
    for file in {position.file for position in seen}:
        offsets = {position.offset for position in seen if position.file == file}
        path = server.binlog_path(file)
        assert offsets <= boundaries(path), f"{file}: {sorted(offsets - boundaries(path))} lie inside transactions"


# ---------------------------------------------------------------------------------------------------------------------
# No place for the output


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(server: Server, database: str, statements: int) -> Position:
    """Rows that do not compress."""
    server.execute(f"CREATE TABLE `{database}`.noise (id INT PRIMARY KEY AUTO_INCREMENT, body BLOB)")
    start = server.next_file()
    values = ",".join(["(RANDOM_BYTES(1000))"] * 100)
    server.execute(*[f"INSERT INTO `{database}`.noise (body) VALUES {values}"] * statements)
    return start


@over_layouts("mariadb-11.8")
@pytest.mark.parametrize("checkpoint_on_disk", [False, True], ids=["output", "output and checkpoint"])
def test_full_disk(server: Server, connector: Connector, database: str, small_disk: Path, place: Path,
                   checkpoint_on_disk: bool, layout: Layout) -> None:
    """It ends with 74; when there is room again, the next run completes what is there."""
    connector.output = small_disk / "parquet"
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1_400_000))
    start = fill(server, database, 10)
    stop = server.history()
    expected = reference(server, connector, start, stop, layout)
    kept = small_disk / "checkpoint.json" if checkpoint_on_disk else place
    config = connector.write(connector.parquet(server, start, stop, checkpoint_file=str(kept), parquet_roll_rows=150, **layout.fields))
    result = connector.run(config).expect(EXIT_OUTPUT)
    assert "space" in result.last_line.lower(), result.last_line
    assert 0 < len(layout.rows_in(connector.output)) < len(expected)
    connector.run(config).expect(EXIT_OUTPUT)
    ballast.unlink()
    connector.run(config).expect(EXIT_OK)
    compare(layout.rows_in(connector.output), expected).expect_equal()


@over_layouts("mariadb-11.8")
def test_removed_folder(server: Server, connector: Connector, database: str, place: Path, layout: Layout) -> None:
    """Somebody takes the finished files away, folder and all, while a run is at work: what comes later is still written once."""
    start = fill(server, database, 5)
    filled = server.history()
    taken = connector.folder / "taken"
    config = connector.write(connector.parquet(server, start, checkpoint_file=str(place), parquet_roll_rows=100, **layout.fields))
    running = connector.start(config)
    with running:
        running.wait_until(lambda: checkpoints.has_passed(place, filled), "the checkpoint of all files")
        assert len(list(connector.output.rglob("*.parquet"))) == 5
        shutil.move(connector.output, taken)
        server.execute(f"INSERT INTO `{database}`.noise (body) SELECT RANDOM_BYTES(900) FROM `{database}`.noise")
        stop = server.history()
        time.sleep(1)
        running.send(signal.SIGTERM)
        code = running.process.wait(20)
    assert code in (EXIT_OK, EXIT_OUTPUT), running.stderr()[-2000:]
    connector.run(connector.parquet(server, start, stop, checkpoint_file=str(place), parquet_roll_rows=100, **layout.fields)).expect(EXIT_OK)
    found = layout.rows_in(taken) + layout.rows_in(connector.output)
    compare(found, reference(server, connector, start, stop, layout)).expect_equal()


def test_transaction_that_never_ends(server: Server, connector: Connector, database: str, place: Path) -> None:
    """The server's log never holds an open transaction, so one that is rolled back never shows."""
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY)")
    start = server.next_file()
    with connector.start(connector.parquet(server, start, checkpoint_file=str(place), parquet_roll_rows=1)) as running:
        with server.session() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f"INSERT INTO `{database}`.t VALUES (1), (2)")
            server.execute(f"INSERT INTO `{database}`.t VALUES (3)")
            running.wait_until(lambda: len(listing(connector.output)) == 1, "the other row's file")
            cursor.execute("ROLLBACK")
        server.execute(f"INSERT INTO `{database}`.t VALUES (4)")
        running.wait_until(lambda: len(listing(connector.output)) == 2, "the last row's file")
        running.send(signal.SIGTERM)
        running.wait(10).expect(EXIT_OK)
    assert [row.after for row in rows_in(connector.output)] == [b'{"id":3}', b'{"id":4}']
