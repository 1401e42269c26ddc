"""Files divided by table and day hold every row exactly once, at whatever moment a run dies, and however many tables there are."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

import checkpoints
from connector import EXIT_OK, EXIT_OUTPUT, LIMIT_SECONDS, Connector
from kill_at_call import RENAMES, killed_at, needs_strace
from layouts import CHANGES, PARTITIONS, TABLES, Layout, over_layouts
from live_load import TABLES as TABLE_NAMES
from live_load import LiveLoad
from measure import peak
from output_files import compare
from partition_files import files, rows_in
from servers import Position, Server
from table_replay import expect_same, replay
from test_exactly_once import KILLS, ROLL, Killer
from test_sync_order import Call, parse, synced_after


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "state" / "checkpoint.json"


def whole(connector: Connector, server: Server, start: Position, stop: Position, layout: Layout, **fields: Any) -> list[Any]:
    """The rows of a range as one run writes them that nothing disturbs, without partitions."""
    folder = connector.folder / "whole"
    shutil.rmtree(folder, ignore_errors=True)
    layout = CHANGES if layout is PARTITIONS else layout
    fields = layout.fields | {"parquet_output_dir": str(folder)} | fields
    connector.run(connector.parquet(server, start, stop, **fields), limit=300).expect(EXIT_OK)
    return layout.rows_in(folder)


def few_rows(server: Server, database: str) -> tuple[Position, Position]:
    """Twelve transactions of one row each, in three tables in turn; the first row's file is the last one to become visible."""
    server.execute(*(f"CREATE TABLE `{database}`.{table} (id INT PRIMARY KEY)" for table in TABLE_NAMES))
    start = server.next_file()
    server.execute(*(f"INSERT INTO `{database}`.{TABLE_NAMES[2 - number % 3]} VALUES ({number})" for number in range(12)))
    return start, server.history()


# ---------------------------------------------------------------------------------------------------------------------
# A run that dies while the files of a part become visible, and one after it that cuts its parts elsewhere


def die_between(server: Server, connector: Connector, database: str, place: Path, layout: Layout) -> tuple[Position, Position]:
    """Leaves a part of which one file is visible, and another is not."""
    start, stop = few_rows(server, database)
    second = layout.file(connector.output, database, "second", f"{start.file}-{start.offset:010}.parquet")
    second.mkdir(parents=True)
    config = connector.parquet(server, start, stop, checkpoint_file=str(place), parquet_roll_rows=6, **layout.fields)
    assert "Is a directory" in connector.run(config).expect(EXIT_OUTPUT).last_line
    second.rmdir()
    assert {row.table for row in layout.rows_in(connector.output)} == {"first"}
    return start, stop


def go_on(server: Server, connector: Connector, place: Path, start: Position, stop: Position, layout: Layout) -> list[Any]:
    """Parts of another length, as with time, and none of the files above again that hold rows of other tables."""
    config = connector.parquet(server, start, stop, checkpoint_file=str(place), parquet_roll_rows=1, **layout.fields)
    connector.run(config).expect(EXIT_OK)
    return layout.rows_in(connector.output)


@over_layouts("mariadb-11.8", first=PARTITIONS)
def test_dies_while_files_appear(server: Server, connector: Connector, database: str, place: Path, layout: Layout) -> None:
    start, stop = die_between(server, connector, database, place, layout)
    announced = checkpoints.read(place)
    assert announced and announced.position == start and len(announced.fields["unfinished"]) == 3
    found = go_on(server, connector, place, start, stop, layout)
    compare(found, whole(connector, server, start, stop, layout)).expect_equal()
    assert "unfinished" not in checkpoints.read(place).fields


@over_layouts("mariadb-11.8", first=PARTITIONS)
def test_what_the_announcement_is_for(server: Server, connector: Connector, database: str, place: Path, layout: Layout) -> None:
    """Without it the rows of the file that was visible already would be there twice."""
    start, stop = die_between(server, connector, database, place, layout)
    fields = json.loads(place.read_text())
    del fields["unfinished"]
    place.write_text(json.dumps(fields))
    result = compare(go_on(server, connector, place, start, stop, layout), whole(connector, server, start, stop, layout))
    assert (result.lost, result.duplicated) == (0, 2)


@pytest.mark.soak("mariadb-11.8")
@over_layouts("mariadb-11.8", first=PARTITIONS)
def test_dies_at_each_rename(server: Server, connector: Connector, database: str, tmp_path: Path, layout: Layout) -> None:
    """Killed at the first change of a name, the second, and so on; then again while the files that are left over are removed."""
    needs_strace()
    start, stop = few_rows(server, database)
    expected = whole(connector, server, start, stop, layout)
    deaths = 0
    for number in range(1, 100):
        folder = tmp_path / str(number)
        folder.mkdir()
        fields = layout.by_day | {"checkpoint_file": str(folder / "checkpoint.json"), "parquet_output_dir": str(folder / "parquet")}
        config = connector.write(connector.parquet(server, start, stop, parquet_roll_rows=6, **fields))
        if not killed_at(RENAMES, number, connector.command(config), folder):
            break
        deaths += 1
        after = connector.write(connector.parquet(server, start, stop, parquet_roll_rows=1, **fields))
        killed_at("unlink,unlinkat", 1, connector.command(after), folder)
        connector.run(after).expect(EXIT_OK)
        compare(layout.rows_in(folder / "parquet"), expected).expect_equal()
    # Two parts of three files, each file with a trial and its name, and two checkpoints for each part, at least; and a table's
    # description.
    assert deaths >= (19 if layout is TABLES else 16)


# ---------------------------------------------------------------------------------------------------------------------
# A run that dies before the checkpoint of what is visible, and one after it that ends before the first row of it


def rows_behind_others(server: Server, database: str) -> tuple[Position, Position, Position]:
    """A row of a table that is left out, up to the second place, and then six rows in two tables that are not."""
    server.execute(*(f"CREATE TABLE `{database}`.{table} (id INT PRIMARY KEY)" for table in TABLE_NAMES))
    start = server.next_file()
    server.execute(f"INSERT INTO `{database}`.third VALUES (1)")
    middle = server.history()
    server.execute(*(f"INSERT INTO `{database}`.{TABLE_NAMES[number % 2]} VALUES ({number})" for number in range(6)))
    return start, middle, server.history()


BEFORE_THE_CHECKPOINT = pytest.mark.parametrize("layout", [
    pytest.param(CHANGES, id="one file"), pytest.param(PARTITIONS, id="partitions"),
    pytest.param(TABLES, id="tables", marks=pytest.mark.soak("mariadb-11.8"))])


def included(database: str) -> dict[str, Any]:
    return {"include": [f"{database}.first", f"{database}.second"]}


@BEFORE_THE_CHECKPOINT
def test_dies_before_the_checkpoint(server: Server, connector: Connector, database: str, tmp_path: Path, layout: Layout) -> None:
    """Killed at each change of a name. The next run moves the checkpoint into the part that is visible, without a file."""
    needs_strace()
    start, middle, stop = rows_behind_others(server, database)
    expected = whole(connector, server, start, stop, layout, **included(database))
    removed = 0
    for number in range(1, 100):
        folder = tmp_path / str(number)
        folder.mkdir()
        place = folder / "checkpoint.json"
        fields = {"checkpoint_file": str(place), "parquet_output_dir": str(folder / "parquet"),
                  "parquet_roll_rows": 3} | layout.fields | included(database)
        config = connector.write(connector.parquet(server, start, stop, **fields))
        if not killed_at(RENAMES, number, connector.command(config), folder):
            break
        visible = count_files(folder)
        connector.run(connector.parquet(server, start, middle, **fields)).expect(EXIT_OK)
        removed += visible - count_files(folder)
        kept = checkpoints.read(place)
        assert kept and (kept.position != middle or "unfinished" not in kept.fields)
        connector.run(config).expect(EXIT_OK)
        compare(layout.rows_in(folder / "parquet"), expected).expect_equal()
    assert removed > 0, "no run died behind a file and before its checkpoint"


def count_files(folder: Path) -> int:
    return len(list(folder.rglob("*.parquet")))


# ---------------------------------------------------------------------------------------------------------------------
# Killed at any moment under a live load


class TreeKiller(Killer):
    """Looks at all folders, and is quick: the files of a part appear within milliseconds."""

    def __init__(self, chance: random.Random, output: Path, place: Path) -> None:
        super().__init__(chance, output, place)
        self._delay = 0.003
        self._watches = [None, lambda: set(output.rglob("*.parquet")), *[lambda: place.exists() and place.stat().st_ino] * 2]


@pytest.mark.timeout(3600)
@over_layouts("mariadb-11.8", first=PARTITIONS)
def test_kill(server: Server, connector: Connector, database: str, place: Path, seed: str, layout: Layout,
              capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(f"{seed}/{server.name}/{layout.name}")
    start = server.next_file()
    fields = {"checkpoint_file": str(place), "include": [f"{database}.*"]} | layout.by_day | ROLL
    config = connector.write(connector.parquet(server, start, **fields))
    killer, kills, announced = TreeKiller(chance, connector.output, place), 0, 0
    with LiveLoad(server, database, f"{seed}/{server.name}") as load:
        while kills < KILLS:
            with connector.start(config) as running:
                killer.wait(running)
                assert running.process.poll() is None, running.stderr()[-3000:]
                running.send(signal.SIGKILL)
                running.process.wait()
                kills += 1
            found = checkpoints.read(place)
            announced += 1 if found and found.fields.get("unfinished") else 0
    stop = server.history()
    connector.run(connector.parquet(server, start, stop, **fields), limit=300).expect(EXIT_OK)
    rows = layout.rows_in(connector.output)
    result = compare(rows, whole(connector, server, start, stop, layout, include=[f"{database}.*"]))
    with capsys.disabled():
        print(f"\n  {server.name} {layout.name}: {kills} kills, {announced} of them while files appeared, {load.transactions} transactions,"
              f" {count_files(connector.output)} files, {result.rows} rows, {result.lost} lost, {result.duplicated} duplicated,"
              f" MBC_SEED={seed}")
    result.expect_equal()
    expect_same(replay(rows), server, database)
    for table in TABLE_NAMES:
        assert layout.newest(connector.output, table) == dict(server.execute(f"SELECT id, body FROM `{database}`.{table}"))
    if layout is PARTITIONS:
        for file in files(connector.output):
            file.check()
    assert not list(connector.output.parent.glob(".*.staging/*")), "unfinished files were left behind"


# ---------------------------------------------------------------------------------------------------------------------
# The order in which files are made safe


@over_layouts("mariadb-11.8", first=PARTITIONS)
def test_files_before_the_checkpoint(server: Server, connector: Connector, database: str, place: Path, layout: Layout) -> None:
    """The announcement; contents, then the name, then the folder of each file; and only then the checkpoint that counts on them."""
    needs_strace()
    start, stop = few_rows(server, database)
    config = connector.parquet(server, start, stop, checkpoint_file=str(place), parquet_roll_rows=6, **layout.fields)
    trace = connector.folder / "trace"
    done = subprocess.run(["strace", "-f", "-qq", "-y", "-e", "trace=fsync,fdatasync,rename,renameat,renameat2", "-o", str(trace),
                           *connector.command(config)], capture_output=True, timeout=LIMIT_SECONDS, cwd=connector.folder)
    if b"ptrace" in done.stderr.lower():
        pytest.skip("processes cannot be traced here")
    assert done.returncode == 0, done.stderr[-2000:]
    calls = [call for line in trace.read_text().splitlines() if (call := parse(line))]
    names = [(number, *call.paths) for number, call in enumerate(calls) if call.name == "rename"]
    states = [number for number, _, target in names if target == place]
    parts = [name for name in names if name[2].suffix == ".parquet"]
    assert len(parts) == 6 and len(states) >= 4
    for number, source, target in parts:
        assert Call("sync", (source,)) in calls[:number], f"{target} got its name before its contents were safe"
        folder = synced_after(calls, number, target.parent)
        assert any(state < number for state in states), f"{target} was not announced"
        assert folder < min(state for state in states if state > number), f"the checkpoint came before {target} was safe"


# ---------------------------------------------------------------------------------------------------------------------
# More tables than files that can be open


MANY = int(os.environ.get("MBC_MANY_TABLES", "1000"))
LIMIT_MEGABYTES = 256
LIMIT_DESCRIPTORS = 300


def test_thousands_of_tables(pool: Any, connector: Connector, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One transaction over many tables, in rounds: each round's rows are more than the batches may hold."""
    server = pool.get("mariadb-11.8")
    database = "it_many_tables"
    server.execute(f"DROP DATABASE IF EXISTS {database}", f"CREATE DATABASE {database}",
                   *(f"CREATE TABLE {database}.t{number} (id INT PRIMARY KEY, body LONGBLOB) ENGINE=InnoDB"
                     for number in range(MANY)))
    start = server.next_file()
    with server.session(autocommit=False) as cursor:
        for turn in range(4):
            for number in range(MANY):
                cursor.execute(f"INSERT INTO {database}.t{number} VALUES ({turn}, CONCAT(RANDOM_BYTES(1000), REPEAT('x', 9000)))")
        cursor.connection.commit()
    stop = server.history()
    server.execute(f"DROP DATABASE {database}")
    fields = {"include": [f"{database}.*"]}
    config = connector.parquet(server, start, stop, checkpoint_file=str(place), partition_by="table,date", **fields)
    megabytes, descriptors = 0.0, 0
    with connector.start(config) as running:
        while running.process.poll() is None:
            megabytes = max(megabytes, peak(running.process))
            descriptors = max(descriptors, count_descriptors(running.process.pid))
            time.sleep(0.005)
        result = running.wait().expect(EXIT_OK)
    found = files(connector.output)
    with capsys.disabled():
        print(f"\n  {MANY} tables: {len(found)} files, {sum(file.number > 1 for file in found)} of them further ones,"
              f" {megabytes:.0f} MB, {descriptors} descriptors, {result.seconds:.1f} s")
    assert {file.table for file in found} == {f"t{number}" for number in range(MANY)}
    assert {file.start for file in found} == {start.offset}
    compare(rows_in(connector.output), whole(connector, server, start, stop, PARTITIONS, **fields)).expect_equal()
    assert 0 < megabytes < LIMIT_MEGABYTES and descriptors < LIMIT_DESCRIPTORS


def count_descriptors(process: int) -> int:
    try:
        return len(os.listdir(f"/proc/{process}/fd"))
    except FileNotFoundError:
        return 0
