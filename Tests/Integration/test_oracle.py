"""What comes out, replayed, is what the server has: random tables over every column type, random changes, real servers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from random import Random

import pytest

from changes import read_folder
from connector import EXIT_OK, Connector
from oracle_replay import Replay
from oracle_workload import Workload
from servers import Server

CELLS = int(os.environ.get("MBC_ORACLE_CELLS", "60000"))
TRANSACTIONS = 60
LIMIT_SECONDS = 300.0


def set_metadata(server: Server, metadata: str) -> None:
    server.execute(f"SET GLOBAL binlog_row_metadata = {metadata}")


def play_round(server: Server, connector: Connector, random: Random, metadata: str, image: str,
               settings: Sequence[str] = ()) -> int:
    """One set of tables, one workload, one run of the connector, one replay. Returns the cells compared."""
    database = "it_oracle"
    server.execute(f"DROP DATABASE IF EXISTS {database}", f"CREATE DATABASE {database} CHARACTER SET utf8mb4")
    set_metadata(server, metadata)
    start = server.next_file()
    workload = Workload(server, random, database, image, settings)
    try:
        workload.run(TRANSACTIONS)
        stop = workload.position()
    finally:
        workload.close()
        set_metadata(server, "FULL")
    connector.run(connector.parquet(server, start, stop), limit=LIMIT_SECONDS).expect(EXIT_OK)
    replay = Replay(workload.tables, full_metadata=metadata == "FULL", full_image=image == "FULL")
    replay.run(read_folder(connector.output), workload.snapshots)
    server.execute(f"DROP DATABASE {database}")
    return replay.cells


# The full images carry the weight; the partial ones show that an absent column is told from NULL.
COMBINATIONS = [("FULL", "FULL", 0.15), ("MINIMAL", "FULL", 0.15), ("FULL", "MINIMAL", 0.02), ("FULL", "NOBLOB", 0.02)]


@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize(("metadata", "image", "share"), COMBINATIONS, ids=[f"{m}-{i}" for m, i, _ in COMBINATIONS])
def test_replay_equals_select(server: Server, connector: Connector, seed: str, metadata: str, image: str, share: float,
                              capsys: pytest.CaptureFixture[str]) -> None:
    random = Random(f"{seed}/{server.name}/{metadata}/{image}")
    target, compared, rounds = int(CELLS * share), 0, 0
    while compared < max(target, 1):
        folder = connector.folder / f"round-{rounds}"
        folder.mkdir()
        compared += play_round(server, Connector(folder), random, metadata, image)
        rounds += 1
    with capsys.disabled():
        print(f"\n  {server.name} metadata {metadata} image {image}: {compared} cells compared in {rounds} rounds,"
              f" MBC_SEED={seed}")


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
