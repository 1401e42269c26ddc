"""Where a run begins and ends when it is told in words."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

import servers
from conftest import Pool
from connector import EXIT_CONFIG, EXIT_OK, Connector, Result
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


OLDEST: list[dict[str, Any]] = [{"gtid_set": ""}, {"from": "oldest"}]


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


@pytest.fixture
def table(server: Server, database: str) -> str:
    server.execute("FLUSH BINARY LOGS", f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY)", f"INSERT INTO `{database}`.t VALUES (1)")
    return f"`{database}`.t"


def test_from_now(server: Server, table: str, connector: Connector) -> None:
    """Without an end: only what comes later; with a checkpoint, whose GTID set is whole."""
    place = connector.folder / "checkpoint.json"
    config = words(connector, server, **{"from": "now"}, checkpoint_file=str(place), include=[table.replace("`", "")])
    with connector.start(config) as running:
        running.wait_until(lambda: "pipeline started" in running.stderr(), "the stream begins")
        server.execute(f"INSERT INTO {table} VALUES (2)")
        running.wait_until(lambda: b"INSERT" in running.stdout(), "the row comes")
        running.process.terminate()
        result = running.wait()
    assert ids(result.expect(EXIT_OK)) == [2]
    assert json.loads(place.read_text())["gtid_set"] == gtids(server)
    server.execute(f"INSERT INTO {table} VALUES (3)")
    again = connector.run(config | {"to": "now"}).expect(EXIT_OK)
    assert ids(again) == [3]


def test_to_now(server: Server, table: str, connector: Connector) -> None:
    """The run ends by itself, where the log did when it began, and a range from now to now is empty."""
    start = server.history()
    server.execute(f"INSERT INTO {table} VALUES (2)")
    to_now = {"from": f"{start.file}:{start.offset}", "to": "now"}
    result = connector.run(words(connector, server, **to_now)).expect(EXIT_OK)
    assert ids(result) == [2] and warnings(result.stderr) == []
    assert "now is {}:{}".format(*server.history()) in result.stderr
    empty = connector.run(words(connector, server, **{"from": "now", "to": "now"})).expect(EXIT_OK)
    assert ids(empty) == [] and ["held no event" in line for line in warnings(empty.stderr)] == [True]


def test_places_of_all_kinds(server: Server, table: str, connector: Connector) -> None:
    first = server.history()
    server.execute(f"INSERT INTO {table} VALUES (2)")
    middle, known = server.history(), gtids(server)
    server.execute(f"INSERT INTO {table} VALUES (3)")
    last, all_known = server.history(), gtids(server)
    include = [table.replace("`", "")]
    for start, stop, expected in [
        (f"{first.file}:{first.offset}", f"{middle.file}:{middle.offset}", [2]), (first.file, first.file, [1, 2, 3]),
        (known, f"{last.file}:{last.offset}", [3]), (f"{first.file}:{first.offset}", known, [2]), (known, all_known, [3]),
        ("-1h", "now", [1, 2, 3]), (f"{middle.file}:{middle.offset}", "now", [3]),
        (time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() - 600)), f"{middle.file}:{middle.offset}", [1, 2]),
    ]:
        result = connector.run(words(connector, server, **{"from": start, "to": stop}, include=include)).expect(EXIT_OK)
        # Earlier rows of the same time may be those of another run of this test.
        assert ids(result)[-len(expected):] == expected, (start, stop)
        assert start[0] != "b" or len(ids(result)) == len(expected)


def test_an_end_before_the_start(server: Server, table: str, connector: Connector) -> None:
    """Where only the server's log tells, it is an error before anything is read, and never with a checkpoint."""
    first, first_ids = server.history(), gtids(server)
    server.execute(f"INSERT INTO {table} VALUES (2)")
    last = server.history()
    line = connector.run(words(connector, server, **{"from": f"{last.file}:{last.offset}", "to": first_ids})).expect(EXIT_CONFIG).last_line
    assert "ends behind GTID set" in line and "before it begins" in line, line
    for fields in [
        {"from": "now", "to": f"{first.file}:{first.offset}"}, {"from": f"{last.file}:{last.offset + 1000}", "to": "now"},
    ]:
        line = connector.run(words(connector, server, **fields)).expect(EXIT_CONFIG).last_line
        assert "ends at" in line and "before it begins" in line, line
    # Of ranges that share their bounds, some hold nothing.
    hour = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3000))
    result = connector.run(words(connector, server, **{"from": f"{last.file}:{last.offset}", "to": hour})).expect(EXIT_OK)
    assert result.stdout == b""
    result = connector.run(words(connector, server, **{"from": "-600s", "to": "binlog.000001:4"})).expect(EXIT_OK)
    assert result.stdout == b"" and "held no event" in result.stderr


def test_now_needs_a_privilege(server: Server, table: str, connector: Connector) -> None:
    server.execute("DROP USER IF EXISTS 'plain'@'%'", f"CREATE USER 'plain'@'%' IDENTIFIED BY '{REPLICA_PASSWORD}'",
                   "GRANT REPLICATION SLAVE ON *.* TO 'plain'@'%'")
    try:
        line = connector.run(words(connector, server, user="plain", **{"from": "now"})).expect(EXIT_CONFIG).last_line
        assert "REPLICATION CLIENT" in line
    finally:
        server.execute("DROP USER 'plain'@'%'")


def test_places_in_files(server: Server, table: str, connector: Connector) -> None:
    first = server.history()
    server.execute(f"INSERT INTO {table} VALUES (2)")
    middle = server.history()
    server.execute(f"INSERT INTO {table} VALUES (3)", "FLUSH BINARY LOGS")
    path = server.binlog_path(first.file)

    def run(**fields: str) -> Result:
        return connector.run({"source": "file", "files": [str(path)], "include": [table.replace("`", "")]} | fields)

    at_middle = f"{middle.file}:{middle.offset}"
    for fields, expected in [
        ({"from": "oldest", "to": "now"}, [1, 2, 3]), ({"from": at_middle}, [3]), ({"to": at_middle}, [1, 2]),
        ({"from": "-1h"}, [1, 2, 3]), ({"from": first.file, "to": first.file}, [1, 2, 3]),
    ]:
        assert ids(run(**fields).expect(EXIT_OK)) == expected, fields
    for fields, message in [
        ({"from": "now"}, "from must not be now with files"), ({"from": "0-1-7"}, "from needs a server to ask"),
        ({"from": "other.000001:4"}, "from is none of the files"), ({"from": at_middle, "to": f"{first.file}:4"}, "to must be greater than from"),
    ]:
        assert message in run(**fields).expect(EXIT_CONFIG).last_line
