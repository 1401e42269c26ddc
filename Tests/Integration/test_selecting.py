"""Which tables and rows a run takes, and what it says when that is nothing."""

from __future__ import annotations

import pytest

from changes import read_folder
from connector import EXIT_OK, Connector
from servers import Position, Server
from text_blocks import parse


def warnings(stderr: str) -> list[str]:
    return [line for line in stderr.splitlines() if line.startswith("warn")]


@pytest.fixture
def shops(server: Server, database: str) -> tuple[Position, Position]:
    """Rows of four tables in a file of their own."""
    start = server.next_file()
    for table in ("orders_2024", "orders_2025", "orders_24", "items_2024"):
        server.execute(f"CREATE TABLE `{database}`.{table} (id INT PRIMARY KEY)", f"INSERT INTO `{database}`.{table} VALUES (1)")
    return start, server.history()


def tables(text: str) -> list[str]:
    return sorted(block.table.split(".")[1] for block in parse(text))


def test_globs(server: Server, database: str, connector: Connector, shops: tuple[Position, Position]) -> None:
    start, stop = shops
    config = connector.config(server, start, stop, include=["it_*.orders_????", f"{database}.no?hing*"], exclude=["*.*_2025", "*.`orders_????`"])
    result = connector.run(config).expect(EXIT_OK)
    assert tables(result.text) == ["orders_2024"]
    found = warnings(result.stderr)
    assert len(found) == 2, found
    assert f'include pattern "{database}.no?hing*" matched no table' in found[0]
    assert 'exclude pattern "*.`orders_????`" matched no table' in found[1]


def test_patterns_that_match_are_no_warning(server: Server, database: str, connector: Connector, shops: tuple[Position, Position]) -> None:
    """Also where another pattern decides, and where the table comes again."""
    start, stop = shops
    config = connector.config(server, start, stop, include=[f"{database}.orders_24", "it_*.*"], exclude=[f"{database}.*"])
    result = connector.run(config).expect(EXIT_OK)
    assert tables(result.text) == ["orders_24"]
    assert warnings(result.stderr) == []


def test_a_range_without_events(server: Server, database: str, connector: Connector) -> None:
    """One warning, and none about the patterns, which could not match anything."""
    start = server.next_file()
    server.execute("FLUSH BINARY LOGS")
    config = connector.config(server, start, to_binlog_file=start.file, include=["no.thing"])
    found = warnings(connector.run(config).expect(EXIT_OK).stderr)
    assert len(found) == 1 and "held no event" in found[0], found
    assert start.file in found[0]


def test_what_another_run_has_read_is_no_empty_range(server: Server, connector: Connector, shops: tuple[Position, Position]) -> None:
    start, stop = shops
    config = connector.parquet(server, start, stop, checkpoint_file=str(connector.folder / "place.json"))
    for _ in range(2):
        assert warnings(connector.run(config).expect(EXIT_OK).stderr) == []


@pytest.mark.parametrize("mode", ["stdout", "parquet"])
def test_operations(server: Server, database: str, connector: Connector, mode: str) -> None:
    """Each set of kinds, in every output; what is passed over is counted."""
    start = server.next_file()
    server.execute(f"CREATE TABLE `{database}`.t (id INT PRIMARY KEY)", f"INSERT INTO `{database}`.t VALUES (1), (2)",
                   f"UPDATE `{database}`.t SET id = 3 WHERE id = 1", f"DELETE FROM `{database}`.t")
    stop = server.history()
    every = [("insert", 2), ("update", 1), ("delete", 2)]
    for wanted in (["insert"], ["update", "delete"], ["delete", "insert", "update"]):
        for path in connector.files():
            path.unlink()
        build = connector.parquet if mode == "parquet" else connector.config
        result = connector.run(build(server, start, stop, operations=wanted)).expect(EXIT_OK)
        kinds = [change.dml_type for change in read_folder(connector.output)] if mode == "parquet" else [block.dml for block in parse(result.text)]
        assert kinds == [kind.upper() for kind, count in every for _ in range(count) if kind in wanted]
        passed = 3 - len(wanted)
        assert (f"passed over by operations: row_events={passed}" in result.stderr) == (passed > 0)
        assert warnings(result.stderr) == []
