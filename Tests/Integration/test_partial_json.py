"""Documents that the server changes in place and logs as diffs: the after image is what SELECT shows."""

from __future__ import annotations

import json
from random import Random

import pytest

import binlog_file
from changes import Change, read_folder
from connector import EXIT_OK, Connector
from oracle_values import same_document
from servers import Position, Server
from strict_json import Json, parse

PARTIAL_UPDATE_ROWS = 39
CHANGES = 300
FILLER = "a text that is long enough for a change in place to be worth while " * 3
KEYS = ("a", "b", "key", "größe", "x y", "q\"t", "back\\slash", "", "1st", "tab\t")


def _document(random: Random, depth: int) -> object:
    if depth > 0 and random.random() < 0.5:
        return {key: _document(random, depth - 1) for key in random.sample(KEYS, random.randint(0, 5))}
    if depth > 0 and random.random() < 0.6:
        return [_document(random, depth - 1) for _ in range(random.randint(0, 4))]
    return random.choice((None, True, False, 0, -7, 70_000, 2**40, 1.5, "", "short", "größe \"x\"", FILLER))


def _path(random: Random) -> str:
    legs = [random.choice((f".{json.dumps(random.choice(KEYS), ensure_ascii=random.random() < 0.5)}", f"[{random.randint(0, 4)}]",
                           random.choice(("[last]", "[last-1]")))) for _ in range(random.randint(1, 3))]
    return "$" + "".join(legs)


def _assignment(random: Random, column: str) -> tuple[str, list[str]]:
    """One nested call: the only form of which the server logs diffs."""
    function = random.choice(("JSON_SET", "JSON_SET", "JSON_REPLACE", "JSON_REMOVE"))
    paths = [_path(random) for _ in range(random.randint(1, 3))]
    if function == "JSON_REMOVE":
        return f"{column} = JSON_REMOVE({column}, " + ", ".join("%s" for _ in paths) + ")", paths
    arguments = [argument for path in paths for argument in (path, json.dumps(_document(random, 1)))]
    return f"{column} = {function}({column}, " + ", ".join("%s, CAST(%s AS JSON)" for _ in paths) + ")", arguments


def _play(server: Server, random: Random, image: str) -> tuple[Position, list[tuple[Position, dict[str, list[Json]]]]]:
    """Random changes, and after each one the documents as the server prints them."""
    states: list[tuple[Position, dict[str, list[Json]]]] = []
    start = server.next_file()
    with server.session() as cursor:
        for statement in ("DROP DATABASE IF EXISTS it_partial", "CREATE DATABASE it_partial CHARACTER SET utf8mb4",
                          "USE it_partial", "SET binlog_row_value_options = PARTIAL_JSON",
                          f"SET binlog_row_image = {image}",
                          "CREATE TABLE t (id INT PRIMARY KEY, a JSON, n INT, b JSON)"):
            cursor.execute(statement)
        for row_id in range(1, 6):
            documents = [json.dumps({"filler": FILLER, "a": _document(random, 3)}), json.dumps([FILLER, _document(random, 3)])]
            cursor.execute("INSERT INTO t VALUES (%s, %s, 0, %s)", (row_id, *documents))
        for _ in range(CHANGES):
            one, one_arguments = _assignment(random, "a")
            two, two_arguments = _assignment(random, "b")
            chosen = random.choice((one, two, f"{one}, {two}", "n = n + 1"))
            arguments = {one: one_arguments, two: two_arguments, f"{one}, {two}": one_arguments + two_arguments}
            try:
                cursor.execute(f"UPDATE t SET {chosen} WHERE id IN ({random.randint(1, 5)}, {random.randint(1, 5)})",
                               arguments.get(chosen))
            except Exception as error:  # noqa: BLE001 - a path that the server does not take is no test
                assert "JSON" in str(error) or "json" in str(error), error
                continue
            cursor.execute("SELECT id, CAST(a AS CHAR), CAST(b AS CHAR) FROM t")
            rows = {str(row[0]): [parse(text.encode()) for text in row[1:]] for row in cursor.fetchall()}
            states.append((server.history(), rows))
    return start, states


@pytest.mark.timeout(600)
def test_replay_equals_select(mysql: Server, connector: Connector, seed: str) -> None:
    start, states = _play(mysql, Random(f"{seed}/partial"), "FULL")
    connector.run(connector.parquet(mysql, start, states[-1][0])).expect(EXIT_OK)
    types = [event.kind for event in binlog_file.events(mysql.binlog_path(start.file))]
    assert types.count(PARTIAL_UPDATE_ROWS) > CHANGES // 10
    pending = read_folder(connector.output)
    state: dict[str, list[Json]] = {}
    for position, expected in states:
        while pending and pending[0].log_pos <= position.offset:
            _apply(pending.pop(0), state)
        for row_id, documents in expected.items():
            for actual, wanted in zip(state[row_id], documents, strict=True):
                assert same_document(wanted, actual), f"row {row_id} at {position}: {actual} instead of {wanted}"
    assert not pending
    mysql.execute("DROP DATABASE it_partial")


def _apply(change: Change, state: dict[str, list[Json]]) -> None:
    assert change.after is not None
    state[change.after["id"].text] = [change.after["a"], change.after["b"]]


def test_diffs_without_a_before_image_are_marked(mysql: Server, connector: Connector) -> None:
    start = mysql.next_file()
    mysql.execute("DROP DATABASE IF EXISTS it_partial", "CREATE DATABASE it_partial",
                  "CREATE TABLE it_partial.t (id INT PRIMARY KEY, a JSON)",
                  "INSERT INTO it_partial.t VALUES (1, JSON_OBJECT('filler', REPEAT('x', 200), 'b', JSON_OBJECT('c', 1), 'd', 2))",
                  "SET binlog_row_value_options = PARTIAL_JSON", "SET binlog_row_image = MINIMAL",
                  "UPDATE it_partial.t SET a = JSON_REMOVE(JSON_SET(a, '$.b.c', 5, '$.e', 'new'), '$.d')")
    connector.run(connector.parquet(mysql, start, mysql.history())).expect(EXIT_OK)
    update = read_folder(connector.output)[-1]
    expected = b'{"$partial":[["JSON_REPLACE","$.b.c",5],["JSON_INSERT","$.e","new"],["JSON_REMOVE","$.d"]]}'
    assert update.after == {"a": parse(expected)}
    mysql.execute("DROP DATABASE it_partial")
