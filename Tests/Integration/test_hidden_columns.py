"""Columns that SELECT * does not show: generated, invisible, and those that MySQL hides behind functional indexes."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from changes import Change, read_folder
from connector import EXIT_OK, Connector
from servers import Position, Server

DATABASE = "it_hidden_columns"
COLUMNS = ["id", "j", "name", "st", "vi", "unseen", "last_col"]
TABLE = """CREATE TABLE h (id INT {key}, j JSON, name VARCHAR(20), st INT GENERATED ALWAYS AS (id * 2) STORED,
  vi INT GENERATED ALWAYS AS (id * 3) VIRTUAL, unseen INT INVISIBLE DEFAULT 5, last_col INT,
  KEY by_function ((UPPER(name))), KEY by_numbers ((CAST(j->'$.tags' AS UNSIGNED ARRAY))),
  KEY by_texts ((CAST(j->'$.names' AS CHAR(10) ARRAY))))"""
FIRST = {"id": "1", "j": {"tags": [1, 2, 3], "names": ["a", "b"]}, "name": "bob", "st": "2", "vi": "3", "unseen": "5",
         "last_col": "9"}
SECOND = {"id": "2", "j": {"tags": 5}, "name": None, "st": "4", "vi": "6", "unseen": "5", "last_col": None}
CHANGED = FIRST | {"j": {"tags": []}, "name": "x"}


@pytest.fixture(params=["FULL", "MINIMAL"])
def metadata(mysql: Server, request: pytest.FixtureRequest) -> Iterator[str]:
    mysql.execute(f"DROP DATABASE IF EXISTS {DATABASE}", f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4",
                  f"SET GLOBAL binlog_row_metadata = {request.param}")
    yield str(request.param)
    mysql.execute("SET GLOBAL binlog_row_metadata = FULL", f"DROP DATABASE {DATABASE}")


def work(mysql: Server, key: str, image: str) -> tuple[Position, Position]:
    start = mysql.next_file()
    with mysql.session(database=DATABASE) as cursor:
        for statement in (f"SET binlog_row_image = {image}", "SET sql_generate_invisible_primary_key = OFF",
                          TABLE.format(key=key),
                          "INSERT INTO h (id, j, name, last_col) VALUES (1, '" + json.dumps(FIRST["j"])
                          + "', 'bob', 9), (2, '{\"tags\": 5}', NULL, NULL)",
                          "UPDATE h SET j = '{\"tags\": []}', name = 'x' WHERE id = 1", "DELETE FROM h"):
            cursor.execute(statement)
    return start, mysql.history()


def plain(value: object) -> object:
    """Numbers as their text: strict_json keeps the text of a number."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value if value is None or isinstance(value, str) else getattr(value, "text", str(value))


def named(image: dict[str, object] | None, metadata: str) -> object:
    if image is None:
        return None
    names = COLUMNS if metadata == "FULL" else [f"c{index}" for index in range(len(COLUMNS))]
    return {COLUMNS[names.index(key)]: plain(value) for key, value in image.items()}


def read(mysql: Server, connector: Connector, positions: tuple[Position, Position]) -> list[Change]:
    connector.run(connector.parquet(mysql, *positions, column_names="log")).expect(EXIT_OK)
    return read_folder(connector.output)


@pytest.mark.parametrize("key", ["PRIMARY KEY", "NOT NULL"])
def test_full_images(mysql: Server, connector: Connector, metadata: str, key: str) -> None:
    found = read(mysql, connector, work(mysql, key, "FULL"))
    images = [(named(change.before, metadata), named(change.after, metadata)) for change in found]
    expected = [(None, FIRST), (None, SECOND), (FIRST, CHANGED), (CHANGED, None), (SECOND, None)]
    assert images == [(plain(before), plain(after)) for before, after in expected]


def test_minimal_images(mysql: Server, connector: Connector, metadata: str) -> None:
    found = read(mysql, connector, work(mysql, "PRIMARY KEY", "MINIMAL"))
    update, first_delete = found[2], found[3]
    assert named(update.before, metadata) == {"id": "1"}
    after = named(update.after, metadata)
    assert isinstance(after, dict)
    assert {name: after[name] for name in ("j", "name")} == plain({"j": {"tags": []}, "name": "x"})
    assert named(first_delete.before, metadata) == {"id": "1"} and first_delete.after is None
