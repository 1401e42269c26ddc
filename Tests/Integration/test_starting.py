"""Where a run begins and ends when it is told in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import servers
from conftest import Pool
from connector import EXIT_OK, Connector, Result
from servers import REPLICA_PASSWORD, Position, Server
from test_history import purge_to
from test_selecting import warnings
from text_blocks import parse

NOWHERE = {"from_binlog_file": None, "from_binlog_position": None}
ANYWHERE = Position("", 4)


@pytest.fixture(scope="module", params=servers.NAMES)
def own(request: pytest.FixtureRequest, pool: Pool) -> Iterator[Server]:
    """A server that may lose its log: a table, and a row of it in each of three files."""
    server = pool.get_own(request.param)
    server.execute("RESET BINARY LOGS AND GTIDS" if server.is_mysql else "RESET MASTER", "DROP DATABASE IF EXISTS it_start",
                   "CREATE DATABASE it_start", "CREATE TABLE it_start.t (id INT PRIMARY KEY)")
    for number in range(3):
        server.execute(f"INSERT INTO it_start.t VALUES ({number})", "FLUSH BINARY LOGS")
    yield server
    server.execute("DROP DATABASE it_start")


def files(server: Server) -> list[str]:
    return [str(row[0]) for row in server.execute("SHOW BINARY LOGS")]


def gtids(server: Server) -> str:
    return str(server.variable("gtid_executed" if server.is_mysql else "gtid_binlog_pos")).replace("\n", "")


def ids(result: Result) -> list[int]:
    return [int(block.after[0][1]) for block in parse(result.text) if block.after]


def words(connector: Connector, server: Server, stop: Position | None = None, **fields: Any) -> dict[str, Any]:
    """A configuration without the old keys of a start."""
    return connector.config(server, ANYWHERE, stop, **NOWHERE, **fields)


OLDEST: list[dict[str, Any]] = [{"gtid_set": ""}]


@pytest.mark.parametrize("fields", OLDEST)
def test_the_oldest_event(own: Server, connector: Connector, fields: dict[str, Any]) -> None:
    """Before and after a purge, and with a checkpoint whose GTID set is that of the server."""
    stop = own.history()
    whole = connector.run(words(connector, own, stop, **fields)).expect(EXIT_OK)
    all_ids = ids(whole)
    assert all_ids[-3:] == [0, 1, 2][-len(all_ids):] and ("purged" in "".join(warnings(whole.stderr))) == (all_ids != [0, 1, 2])
    names = files(own)
    purge_to(own, names[1])
    place = connector.folder / "checkpoint.json"
    run = connector.run(words(connector, own, stop, checkpoint_file=str(place), **fields)).expect(EXIT_OK)
    assert ids(run) == all_ids[1:]
    assert f"{names[1]}:4" in run.stderr
    assert ["purged" in line for line in warnings(run.stderr)] == [True], warnings(run.stderr)
    kept = json.loads(place.read_text())
    assert kept["gtid_set"] == gtids(own)
    again = connector.run(words(connector, own, stop, checkpoint_file=str(place), **fields)).expect(EXIT_OK)
    assert ids(again) == [] and warnings(again.stderr) == []


def test_the_oldest_event_for_an_account_that_may_not_list_files(own: Server, connector: Connector) -> None:
    """MySQL tells what was purged; MariaDB does not, and has its own error."""
    own.execute("DROP USER IF EXISTS 'plain'@'%'", f"CREATE USER 'plain'@'%' IDENTIFIED BY '{REPLICA_PASSWORD}'",
                "GRANT REPLICATION SLAVE ON *.* TO 'plain'@'%'")
    try:
        purge_to(own, files(own)[-2])
        result = connector.run(words(connector, own, own.history(), user="plain", gtid_set="", checkpoint_file=str(connector.folder / "c.json")))
        if own.is_mysql:
            assert ids(result.expect(EXIT_OK)) == [2] and "purged" in warnings(result.stderr)[0]
            assert json.loads((connector.folder / "c.json").read_text())["gtid_set"]
        else:
            assert result.code != EXIT_OK and "purged" in result.last_line
    finally:
        own.execute("DROP USER 'plain'@'%'")
