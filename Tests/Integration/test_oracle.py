"""What comes out, replayed, is what the server has: random tables over every column type, random changes, real servers."""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest

import table_files
from changes import Change, read_folder, read_folders, read_lines
from conftest import Pool
from connector import EXIT_OK, Connector
from oracle_replay import Replay, order
from oracle_settings import BOTH, MARIADB, MYSQL, Pieces, Settings
from oracle_types import kinds
from oracle_workload import Workload
from servers import NAMES, Position, Server
from test_history import purge_to
from test_json_files import paths, text_of

CELLS = int(os.environ.get("MBC_ORACLE_CELLS", "60000"))
TRANSACTIONS = 60
# One combination of each kind, for the tier that has no time for all.
CORE = ("full", "minimal-metadata", "lines-checkpoints", "line-files", "minimal-image", "own-server-times", "zstd", "partial-json", "zlib",
        "no-metadata-lookup", "mixed-engines")
LIMIT_SECONDS = 300.0


def play_round(pool: Pool, name: str, connector: Connector, random: Random, settings: Settings) -> int:
    """One set of tables, one workload, one run of the connector or several, one replay. Returns the cells compared."""
    server = pool.get_own(name) if settings.own_server else pool.get(name)
    database = f"it_oracle_{random.randrange(1 << 32)}"
    server.execute(f"CREATE DATABASE {database} CHARACTER SET utf8mb4")
    declared = [kind for kind in kinds(server) if settings.tells(kind)]
    with server.settings(settings.globals):
        start = server.next_file()
        workload = Workload(server, random, database, declared, settings)
        try:
            workload.run(TRANSACTIONS)
            stop = workload.position()
        finally:
            workload.close()
        changes = read_log(server, connector, random, settings, workload, start, stop)
    settings.check(server.binlog_paths(start, stop), server.is_mariadb)
    replay = Replay(workload.all_tables, settings)
    replay.run(changes, workload.snapshots)
    if settings.as_tables and settings.image == "FULL":
        check_newest(connector, replay)
    server.execute(f"DROP DATABASE {database}")
    if "gtid_mode" in settings.globals:
        purge_to(server, server.next_file().file)  # A server that gives ids again sends no log of transactions without.
    return replay.cells


def read_log(server: Server, connector: Connector, random: Random, settings: Settings, workload: Workload, start: Position,
             stop: Position) -> list[Change]:
    """Runs the connector over the log, as a whole or in pieces. Returns the rows of its output."""
    config = connector.parquet(server, start, stop, column_names=settings.column_names,
                               include=[f"{workload.database}.*"])
    if settings.pieces is Pieces.TIME:
        pieces = by_time(config, sorted(time + random.randrange(2) for time in random.sample(workload.times, 3)))
    elif settings.pieces is Pieces.CHECKPOINT:
        ends = sorted(random.sample([snapshot.position for snapshot in workload.snapshots], 4), key=order)
        place = {"checkpoint_file": str(connector.folder / "checkpoint.json")}
        pieces = [config | place | {"to_binlog_file": end.file, "to_binlog_position": end.offset} for end in [*ends, stop]]
    else:
        pieces = [config]
    if settings.as_line_files:
        for piece in pieces:
            lines = {"output_mode": "json", "output_dir": str(connector.output), "parquet_roll_rows": random.randrange(20, 200)}
            connector.run({key: value for key, value in piece.items() if key != "parquet_output_dir"} | lines, limit=LIMIT_SECONDS).expect(EXIT_OK)
        return read_lines(text_of(paths(connector.output)))
    if settings.as_tables:
        for piece in pieces:
            connector.run(piece | {"parquet_layout": "tables"}, limit=LIMIT_SECONDS).expect(EXIT_OK)
        return table_files.read_datasets(connector.output, settings.image == "FULL")
    if settings.as_lines:
        runs = [connector.run(piece | {"output_mode": "json"}, limit=LIMIT_SECONDS).expect(EXIT_OK) for piece in pieces]
        return read_lines(b"".join(run.stdout for run in runs))
    for piece in pieces:
        connector.run(piece, limit=LIMIT_SECONDS).expect(EXIT_OK)
    return read_folders(list(dict.fromkeys(Path(piece["parquet_output_dir"]) for piece in pieces)))


def check_newest(connector: Connector, replay: Replay) -> None:
    """The newest row of each key, as readers find it, is the last state of the replay, which is the server's."""
    found = table_files.files(connector.output)
    for table, state in replay.last_states().items():
        own = [file for file in found if file.table[1] == table.name]
        keys = {tuple(json.loads(file.metadata["primary_key"])) for file in own}
        if len(keys) != 1 or keys == {()}:
            continue  # Never written to, or without a key that is known: what changes the id is an update then.
        for newest in (table_files.newest_by_duckdb, table_files.newest_by_polars):
            rows = newest(own, *next(iter(keys)))
            assert rows == state, f"{newest.__name__} of {table.name}"
            replay.cells += sum(map(len, rows.values()))


def by_time(config: dict[str, Any], times: list[int]) -> list[dict[str, Any]]:
    """Ranges that share their bounds, each with a folder of its own; one that holds nothing makes none."""
    bounds = [{key: config[key] for key in ("from_binlog_file", "from_binlog_position")},
              *({"from_timestamp": time} for time in times)]
    ends = [*({"to_timestamp": time} for time in times),
            {key: config[key] for key in ("to_binlog_file", "to_binlog_position")}]
    common = {key: value for key, value in config.items() if "_binlog_" not in key}
    return [common | bound | end | {"parquet_output_dir": f"{config['parquet_output_dir']}-{number}"}
            for number, (bound, end) in enumerate(zip(bounds, ends, strict=True))]


def rounds_of(name: str) -> list[Any]:
    """A server's name with each of its combinations."""
    combinations = BOTH + (MYSQL if name.startswith("mysql") else MARIADB)
    return [pytest.param(name, settings, id=f"{name}-{settings.name}", marks=[] if settings.name in CORE else pytest.mark.soak)
            for settings in combinations]


ROUNDS = [parameters for name in NAMES for parameters in rounds_of(name)]


def test_the_shares_make_a_whole() -> None:
    """MBC_ORACLE_CELLS is what all combinations on all servers compare together, or more."""
    assert sum(parameters.values[1].share for parameters in ROUNDS) >= 1


@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize(("name", "settings"), ROUNDS)
def test_replay_equals_select(pool: Pool, connector: Connector, seed: str, name: str, settings: Settings,
                              capsys: pytest.CaptureFixture[str]) -> None:
    random = Random(f"{seed}/{name}/{settings.name}")
    target, compared, rounds = int(CELLS * settings.share), 0, 0
    while compared < max(target, 1):
        folder = connector.folder / f"round-{rounds}"
        folder.mkdir()
        compared += play_round(pool, name, Connector(folder), random, settings)
        rounds += 1
    with capsys.disabled():
        print(f"\n  {name} {settings.name}: {compared} cells compared in {rounds} rounds, MBC_SEED={seed}")


def test_event_of_more_than_16_mib(server: Server, connector: Connector, database: str) -> None:
    """Such an event arrives in several packets, of which only the first has a status byte."""
    size = 20 * 1024 * 1024
    start = server.next_file()
    server.execute(f"CREATE TABLE `{database}`.big (id INT PRIMARY KEY, body LONGTEXT CHARACTER SET latin1)",
                   f"INSERT INTO `{database}`.big VALUES (1, REPEAT('x', {size})), (2, 'small')")
    config = connector.parquet(server, start, server.history())
    connector.run(config).expect(EXIT_OK)
    rows = read_folder(connector.output)
    assert [change.after["id"].text for change in rows if change.after] == ["1", "2"]
    assert [change.after["body"] for change in rows if change.after] == ["x" * size, "small"]
