"""What comes out, replayed, is what the server has: random tables over every column type, random changes, real servers."""

from __future__ import annotations

import os
from random import Random
from typing import Any

import pytest

from changes import read_folder
from conftest import Pool
from connector import EXIT_OK, Connector
from oracle_replay import Replay
from oracle_settings import BOTH, MARIADB, MYSQL, Settings
from oracle_types import kinds
from oracle_workload import Workload
from servers import NAMES, Server

CELLS = int(os.environ.get("MBC_ORACLE_CELLS", "60000"))
TRANSACTIONS = 60
LIMIT_SECONDS = 300.0


def play_round(server: Server, connector: Connector, random: Random, settings: Settings) -> int:
    """One set of tables, one workload, one run of the connector, one replay. Returns the cells compared."""
    database = "it_oracle"
    server.execute(f"DROP DATABASE IF EXISTS {database}", f"CREATE DATABASE {database} CHARACTER SET utf8mb4")
    declared = [kind for kind in kinds(server) if settings.metadata != "NO_LOG" or settings.lookup or kind.is_plain]
    with server.settings(settings.globals):
        start = server.next_file()
        workload = Workload(server, random, database, declared, settings.locals, settings.diffs)
        try:
            workload.run(TRANSACTIONS)
            stop = workload.position()
        finally:
            workload.close()
        config = connector.parquet(server, start, stop, column_names="lookup" if settings.lookup else None)
        connector.run(config, limit=LIMIT_SECONDS).expect(EXIT_OK)
    settings.check(server.binlog_paths(start, stop))
    replay = Replay(workload.tables, settings)
    replay.run(read_folder(connector.output), workload.snapshots)
    server.execute(f"DROP DATABASE {database}")
    return replay.cells


def rounds_of(name: str) -> list[Any]:
    """A server's name with each of its combinations."""
    combinations = BOTH + (MYSQL if name.startswith("mysql") else MARIADB)
    return [pytest.param(name, settings, id=f"{name}-{settings.name}") for settings in combinations]


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
        compared += play_round(pool.get(name), Connector(folder), random, settings)
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
