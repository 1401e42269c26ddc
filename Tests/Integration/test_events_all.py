"""Text mode with "events": "all": a block for every event of the log, in order, and every block well formed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import binlog_file
import pytest

from connector import EXIT_OK, Connector
from servers import Server
from text_blocks import Block, parse
from workloads import log_since, orders

_EVENT = re.compile(r"=== Event \((?P<title>[^\n]*)\) ===\n(?P<fields>(?:[A-Z][A-Za-z ]*: *[^\n]*\n)+)==========================\n\n")
_ROW = re.compile(r"=== DML Event .*?\n==========================\n\n", re.DOTALL)


@dataclass(frozen=True)
class Event:
    """One block that is no row."""

    type: str
    fields: dict[str, str]

    @property
    def query(self) -> str:
        """The statement, which is a JSON string."""
        return str(json.loads(self.fields["Query"]))


def read(text: str) -> list[Event | Block]:
    """All blocks, strictly: anything between them is an error."""
    found: list[Event | Block] = []
    at = 0
    while at < len(text):
        if match := _EVENT.match(text, at):
            pairs = [line.split(":", 1) for line in match["fields"].splitlines()]
            fields = {name: value.strip() for name, value in pairs}
            assert len(fields) == len(pairs) and fields["Type"] == match["title"]
            found.append(Event(match["title"], fields))
        else:
            match = _ROW.match(text, at)
            assert match, f"no block at character {at}: {text[at:at + 300]!r}"
            found += parse(match[0])
        at = match.end()
    return found


def events(server: Server, connector: Connector, start: object, stop: object, **fields: object) -> list[Event | Block]:
    config = connector.config(server, start, stop, events="all", **fields)  # type: ignore[arg-type]
    return read(connector.run(config).expect(EXIT_OK).text)


def test_every_event_has_its_block(server: Server, connector: Connector, database: str) -> None:
    log = orders(server, database)
    found = events(server, connector, log.start, log.stop)
    positions = {int(block.fields["Log Pos"]) if isinstance(block, Event) else block.log_pos for block in found}
    assert {event.end for event in log.events} <= positions
    shown = [(int(block.fields["Log Pos"]), int(block.fields["Size"]), int(block.fields["Timestamp"].split()[0]))
             for block in found if isinstance(block, Event)]
    for event in log.events:
        if event.kind not in binlog_file.ROWS:
            assert (event.end, event.end - event.start, event.timestamp) in shown
    ends = [int(block.fields["Log Pos"]) if isinstance(block, Event) else block.log_pos for block in found]
    assert ends == sorted(ends)


def test_rows_are_the_same_as_without(server: Server, connector: Connector, database: str) -> None:
    log = orders(server, database)
    rows = parse(connector.run(connector.config(server, log.start, log.stop)).expect(EXIT_OK).text)
    assert [block for block in events(server, connector, log.start, log.stop) if isinstance(block, Block)] == rows


def test_what_the_events_say(server: Server, connector: Connector, database: str) -> None:
    start = server.next_file()
    table = f"`{database}`.t"
    with server.session(database=database) as cursor:
        cursor.execute("SET SESSION binlog_annotate_row_events = 1" if server.is_mariadb else
                       "SET SESSION binlog_rows_query_log_events = 1")
        for statement in (f"CREATE TABLE {table} (id INT PRIMARY KEY, note VARCHAR(40))",
                          f"INSERT INTO {table} VALUES (1, 'a \"quoted\"\n\tline \\\\ größe')", f"ALTER TABLE {table} ADD x INT",
                          "FLUSH BINARY LOGS"):
            cursor.execute(statement)
    found = [block for block in events(server, connector, start, server.history()) if isinstance(block, Event)]
    by_type = {kind: [event for event in found if event.type == kind] for kind in {event.type for event in found}}

    assert by_type["FORMAT_DESCRIPTION"][0].fields["Server"].startswith(server.version.split("-")[0])
    assert by_type["FORMAT_DESCRIPTION"][0].fields["Checksum"].lower() in ("crc32", "none")
    queries = [event for event in by_type["QUERY"]]
    ddl = [event for event in queries if re.match("CREATE|ALTER", event.query)]
    assert [event.query.split()[0] for event in ddl] == ["CREATE", "ALTER"]
    assert {event.fields["Schema"] for event in ddl} == {database}
    statement = by_type["ANNOTATE_ROWS" if server.is_mariadb else "ROWS_QUERY"][0]
    assert statement.query == f"INSERT INTO {table} VALUES (1, 'a \"quoted\"\n\tline \\\\ größe')"
    assert by_type["TABLE_MAP"][0].fields["Table"] == f"{database}.t"
    assert by_type["TABLE_MAP"][0].fields["Columns"] == "2"
    assert all(event.fields["XID"].isdigit() for event in by_type["XID"])
    rotations = [event.fields["Next"] for event in by_type["ROTATE"]]
    assert rotations[0] == f"{start.file}:{start.offset}" and f"{server.history().file}:4" in rotations
    assert any("GTID" in event.type for event in found)


def test_an_anonymous_or_numbered_transaction(mysql: Server, connector: Connector) -> None:
    start = mysql.next_file()
    mysql.execute("CREATE DATABASE IF NOT EXISTS it_gtid", "DROP DATABASE it_gtid")
    found = [block for block in events(mysql, connector, start, mysql.history()) if isinstance(block, Event)]
    transactions = [event for event in found if event.type in ("ANONYMOUS_GTID", "GTID")]
    assert len(transactions) == 2
    for event in transactions:
        assert event.fields["GTID"] == "ANONYMOUS" or re.fullmatch(r"[0-9a-f-]{36}:\d+", event.fields["GTID"])


@pytest.mark.parametrize("name", ["a\nb", "==========================", "x\n==========================\n\ny", "größe: 1"])
def test_names_cannot_break_a_block(server: Server, connector: Connector, database: str, name: str) -> None:
    start = server.next_file()
    server.execute(f"CREATE TABLE `{database}`.`{name}` (`{name}` INT PRIMARY KEY)",
                   f"INSERT INTO `{database}`.`{name}` VALUES (1)")
    found = events(server, connector, start, log_since(server, start).stop)
    assert sum(isinstance(block, Block) for block in found) == 1
    shown = name.replace("\n", "\\u000a")
    assert f"{database}.{shown}" in [block.fields.get("Table") for block in found if isinstance(block, Event)]


def test_a_filter_leaves_the_events_of_other_tables(server: Server, connector: Connector, database: str) -> None:
    """The filter is for rows; which statements were run stays visible."""
    log = orders(server, database)
    found = events(server, connector, log.start, log.stop, include=["nothing.here"])
    assert not any(isinstance(block, Block) for block in found)
    assert any(isinstance(block, Event) and block.type == "TABLE_MAP" for block in found)
