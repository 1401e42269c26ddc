"""Text mode: exactly the promised blocks on stdout, and nothing else there."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import binlog_file
import pyarrow.parquet as pq
import pytest

from connector import EXIT_OK, LIMIT_SECONDS, Connector
from servers import Server
from text_blocks import Block, parse
from workloads import Log, many_rows, orders

COLUMNS = ["id", "status", "amount", "note", "data"]
TYPE_NAMES = {binlog_file.V2_WRITE: "WRITE_ROWS", binlog_file.V2_UPDATE: "UPDATE_ROWS", binlog_file.V2_DELETE: "DELETE_ROWS",
              binlog_file.V1_WRITE: "WRITE_ROWS_V1", binlog_file.V1_UPDATE: "UPDATE_ROWS_V1",
              binlog_file.V1_DELETE: "DELETE_ROWS_V1"}

# The rows of workloads.orders in order: table, what happened, how many rows its event has, id before and after.
EXPECTED = [
    ("orders", "INSERT", None, "1"), ("orders", "INSERT", None, "2"), ("orders", "INSERT", None, "3"),
    ("audit", "INSERT", None, "18446744073709551615"),
    ("orders", "UPDATE", "1", "1"), ("orders", "UPDATE", "2", "2"),
    ("orders", "DELETE", "3", None), ("audit", "INSERT", None, "1"), ("orders", "INSERT", None, "4"),
    ("orders", "INSERT", None, "5"), ("orders", "DELETE", "5", None),
]
ROWS_OF_EACH_EVENT = [3, 1, 2, 1, 1, 1, 1, 1]


@pytest.fixture
def log(server: Server, database: str) -> Log:
    return orders(server, database)


def blocks(server: Server, connector: Connector, log: Log, **fields: Any) -> list[Block]:
    return parse(connector.run(connector.config(server, log.start, log.stop, **fields)).expect(EXIT_OK).text)


@pytest.mark.smoke
def test_blocks(server: Server, connector: Connector, database: str, log: Log) -> None:
    found = blocks(server, connector, log)
    ids = [(block.table, block.dml, block.before and block.before[0][1], block.after and block.after[0][1]) for block in found]
    assert ids == [(f"{database}.{table}", *rest) for table, *rest in EXPECTED]


def test_header_lines(server: Server, connector: Connector, log: Log) -> None:
    found = blocks(server, connector, log)
    events = [event for event in log.events if event.kind in binlog_file.ROWS]
    of_each_row = [event for event, count in zip(events, ROWS_OF_EACH_EVENT, strict=True) for _ in range(count)]
    for block, event in zip(found, of_each_row, strict=True):
        assert (block.type, block.timestamp, block.server_id, block.log_pos) == (
            TYPE_NAMES[event.kind], event.timestamp, event.server_id, event.end)
        assert block.flags in (event.row_flags, event.flags)
    assert found[0].types[:4] == ["INT", "ENUM", "DECIMAL", "VARCHAR"]
    assert (found[0].columns, found[3].columns) == (5, 2)
    assert found[3].types == ["BIGINT", "VARCHAR"]


def test_values(server: Server, connector: Connector, log: Log) -> None:
    found = blocks(server, connector, log)
    assert found[0].after == list(zip(COLUMNS, ["1", '"new"', '"10.00"', '"first"', "0x00ff"], strict=True))
    assert found[1].after == list(zip(COLUMNS, ["2", '"new"', '"20.50"', "NULL", "NULL"], strict=True))
    assert found[0].before is None and found[6].after is None
    assert found[4].before and found[4].after
    assert (found[4].before[1], found[4].after[1]) == (("status", '"new"'), ("status", '"paid"'))


def test_awkward_text_stays_on_its_line(server: Server, connector: Connector, log: Log) -> None:
    found = blocks(server, connector, log)
    assert found[2].after and found[8].after
    assert json.loads(found[2].after[3][1]) == 'größe "x"'
    assert json.loads(found[8].after[3][1]) == "back\\slash\nnewline"


STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
AWKWARD = "del \x7f nel \x85 csi \x9b31m lrm \u200e rlo \u202e ls \u2028 ps \u2029 lri \u2066 alm \u061c, and größe — €"


def test_nothing_steers_a_terminal(server: Server, connector: Connector, database: str) -> None:
    """In values, labels, JSON, names and statements; in text, inspect and the log. Parquet holds what the server has."""
    table = f"`{database}`.`t\u202e\x9b`"
    name = "c\u2028\x7f"
    start = server.next_file()
    with server.session() as cursor:
        cursor.execute(f"CREATE TABLE {table} (`{name}` TEXT, e ENUM('e\x9b','x'), s SET('s\u202e','\x85'), j JSON, "
                       "l TEXT CHARACTER SET latin1, b TEXT CHARACTER SET utf32) CHARACTER SET utf8mb4")
        cursor.execute(f"INSERT INTO {table} VALUES (%s, 1, 3, %s, _latin1 x'7f8190', %s)",
                       (AWKWARD, json.dumps({AWKWARD: [AWKWARD]}, ensure_ascii=False), AWKWARD))
    stop = server.history()
    result = connector.run(connector.config(server, start, stop, events="all"), "-v").expect(EXIT_OK)
    path = str(server.binlog_path(start.file))
    outputs = {"text": result.text, "log": result.stderr}
    for options in ((), ("--events",), ("--json",), ("--events", "--json")):
        outputs[f"inspect {options}"] = connector.run_arguments("inspect", *options, path).expect(EXIT_OK).text
    for where, text in outputs.items():
        found = STEERING.search(text)
        assert not found, f"{where}: {text[max(0, found.start() - 80):found.end()]!r}"
    after = parse(connector.run(connector.config(server, start, stop)).expect(EXIT_OK).text)[0].after
    assert after
    values = [json.loads(value) for _, value in after]
    assert values[:3] == [AWKWARD, "e\x9b", "s\u202e,\x85"]
    document = values[3] if server.is_mysql else json.loads(values[3])
    assert document == {AWKWARD: [AWKWARD]} and values[5] == AWKWARD
    connector.run(connector.parquet(server, start, stop)).expect(EXIT_OK)
    image = pq.read_table(connector.files()[0])["after_values"][0].as_py()
    assert f'"{AWKWARD}"' in image and f'"{name}":' in image


def test_negative_zero_is_no_integer(server: Server, connector: Connector, database: str) -> None:
    """MariaDB stores no negative zero but in a VECTOR (test_column_lookup.py)."""
    columns, values = (", j JSON, v VECTOR(2)", """, '{"x": -0.0}', STRING_TO_VECTOR('[-0, 1]')""") if server.is_mysql else ("", "")
    start = server.next_file()
    server.execute(f"CREATE TABLE `{database}`.t (z DOUBLE, f FLOAT, d DOUBLE{columns})",
                   f"INSERT INTO `{database}`.t VALUES (0, -0e0, -0e0{values})")
    after = parse(connector.run(connector.config(server, start, server.history())).expect(EXIT_OK).text)[0].after
    assert after
    expected = ["0", "-0.0", "-0.0", '{"x":-0.0}', "[-0.0,1]"] if server.is_mysql else ["0", "0", "0"]
    assert [value for _, value in after] == expected


def test_tables_with_dots_in_their_names(server: Server, connector: Connector, database: str) -> None:
    start = server.next_file()
    for table in ("orders.2024", "orders", "a`b"):
        quoted = table.replace("`", "``")
        server.execute(f"CREATE TABLE `{database}`.`{quoted}` (id INT)", f"INSERT INTO `{database}`.`{quoted}` VALUES (1)")
    stop = server.history()
    def tables(**filters: list[str]) -> list[str]:
        run = connector.run(connector.config(server, start, stop, **filters)).expect(EXIT_OK)
        return [block.table.removeprefix(f"{database}.") for block in parse(run.text)]
    assert tables(include=[f"{database}.`orders.2024`"]) == ["orders.2024"]
    assert tables(exclude=["*.`orders.2024`", f"`{database}`.orders"]) == ["a`b"]
    assert tables(include=["*.`a``b`"]) == ["a`b"]


def test_long_binary_is_shortened(server: Server, connector: Connector, log: Log) -> None:
    after = blocks(server, connector, log)[8].after
    assert after
    shown = after[4][1]
    assert "300" in shown and "61" * 32 in shown and "61" * 33 not in shown


def test_names_are_left_out_when_unknown(server: Server, connector: Connector, database: str) -> None:
    """Metadata MINIMAL carries no names, and nobody is asked: JSON must invent some, text need not."""
    server.execute("SET GLOBAL binlog_row_metadata = MINIMAL")
    try:
        log = orders(server, database)
    finally:
        server.execute("SET GLOBAL binlog_row_metadata = FULL")
    found = blocks(server, connector, log, column_names="log")
    assert found[0].after == [(None, "1"), (None, "1"), (None, '"10.00"'), (None, '"first"'), (None, "0x00ff")]


@pytest.mark.parametrize(("filters", "tables"), [
    ({"include": ["{db}.orders"]}, {"orders"}), ({"exclude": ["{db}.orders"]}, {"audit"}), ({"include": ["*.audit"]}, {"audit"}),
    ({"include": ["{db}.*"], "exclude": ["*.audit"]}, {"orders"}), ({"include": ["{db}.orders"], "exclude": ["*.orders"]}, {"orders"}),
    ({"include": ["*.orders"], "exclude": ["{db}.*"]}, {"orders"}), ({"include": ["nowhere.*"]}, set()),
], ids=["exact", "exclude", "any schema", "table beats schema", "exact beats table", "table include", "nothing"])
def test_filter(server: Server, connector: Connector, database: str, log: Log, filters: dict[str, list[str]],
                tables: set[str]) -> None:
    named = {side: [pattern.format(db=database) for pattern in patterns] for side, patterns in filters.items()}
    found = blocks(server, connector, log, **named)
    assert {block.table for block in found} == {f"{database}.{table}" for table in tables}
    assert len(found) == sum(table in tables for table, *_ in EXPECTED)


def test_stdout_has_data_only(server: Server, connector: Connector, log: Log) -> None:
    """Even at debug level: parse() refuses anything that is no block."""
    result = connector.run(connector.config(server, log.start, log.stop), "-v").expect(EXIT_OK)
    assert len(parse(result.text)) == len(EXPECTED)
    assert "debug(" in result.stderr and "\x1b[" not in result.stderr


def test_log_file_takes_the_messages(server: Server, connector: Connector, log: Log) -> None:
    path = connector.folder / "run.log"
    result = connector.run(connector.config(server, log.start, log.stop), "--log-file", str(path)).expect(EXIT_OK)
    assert len(parse(result.text)) == len(EXPECTED)
    assert "info(main): " in path.read_text()
    assert "info(" not in result.stderr


def test_closed_pipe_ends_quietly(server: Server, connector: Connector, database: str) -> None:
    """As in `… | head -n 3`: exit 0, and no complaint."""
    log = many_rows(server, database, rows=500, statements=40)
    command = connector.command(connector.config(server, log.start, log.stop, log_level="err"))
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=connector.folder) as process:
        assert process.stdout and process.stderr
        first = [process.stdout.readline() for _ in range(3)]
        process.stdout.close()
        code = process.wait(LIMIT_SECONDS)
        assert (code, process.stderr.read()) == (0, b"")
    assert first[0] == b"=== DML Event (INSERT) ===\n"


def test_events_all_adds_blocks(server: Server, connector: Connector, log: Log) -> None:
    """events: "all" prints a block for every event; those of the rows stay as they are."""
    text = connector.run(connector.config(server, log.start, log.stop, events="all")).expect(EXIT_OK).text
    only_rows = connector.run(connector.config(server, log.start, log.stop)).expect(EXIT_OK).text
    for block in only_rows.split("\n\n=== DML"):
        assert block.strip() in text
    assert len(text) > len(only_rows)
