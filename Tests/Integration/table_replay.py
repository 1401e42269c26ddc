"""Replays stored rows, and compares the tables that come of it with those of the server."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from output_files import Row
from servers import Server
from table_files import TableRow

Contents = dict[str, dict[int, str]]


def _image(document: bytes | None) -> dict[str, Any]:
    assert document is not None
    image = json.loads(document)
    assert isinstance(image, dict)
    return image


def replay(rows: Iterable[Row | TableRow], state: Contents | None = None) -> Contents:
    """The tables after all changes, each of which must fit the state before it."""
    state = {} if state is None else state
    for row in sorted(rows, key=lambda row: row.order):
        table = state.setdefault(row.table, {})
        if row.dml_type == "TRUNCATE":
            table.clear()
            continue
        if row.dml_type != "INSERT":
            before = _image(row.before)
            assert table.pop(before["id"], None) == before["body"], f"{row.dml_type} of another row than there is: {row[:7]}"
        if row.dml_type != "DELETE":
            after = _image(row.after)
            assert after["id"] not in table, f"a second row with the id {after['id']}: {row[:7]}"
            table[after["id"]] = after["body"]
    return state


def contents(server: Server, database: str) -> Contents:
    """The tables as the server has them."""
    names = [str(row[0]) for row in server.execute(f"SHOW TABLES FROM `{database}`")]
    return {name: dict(server.execute(f"SELECT id, body FROM `{database}`.`{name}`")) for name in names}


def expect_same(replayed: Contents, server: Server, database: str) -> int:
    """Asserts that the replayed tables are the server's; tables that the server has dropped do not count. Returns rows compared."""
    real = contents(server, database)
    assert real.keys() <= replayed.keys() | {name for name, rows in real.items() if not rows}
    for name, rows in real.items():
        assert replayed.get(name, {}) == rows, f"{database}.{name}: {len(replayed.get(name, {}))} rows, the server has {len(rows)}"
    return sum(map(len, real.values()))
