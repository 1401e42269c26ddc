"""Files with what no server can be brought to write: unknown events, bytes that are no text, damage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import crafted_file
from connector import EXIT_DATA, EXIT_OK, Connector


def config(path: Path, **fields: Any) -> dict[str, Any]:
    return {"source": "file", "files": [str(path)], "column_names": "ordinal"} | fields


@pytest.mark.parametrize("flags, warnings", [(0, 1), (0x80, 0)])
def test_unknown_events(connector: Connector, tmp_path: Path, flags: int, warnings: int) -> None:
    """One warning for each type, with the place of the first, unless they may be ignored; rows behind them still come."""
    unknown = crafted_file.event(172, b"abc", flags)
    path = crafted_file.write(
        tmp_path, crafted_file.query(b"BEGIN"), unknown, unknown, crafted_file.table_map(b"shop", b"notes"),
        crafted_file.insert(b"one"), crafted_file.commit())
    result = connector.run(config(path)).expect(EXIT_OK)
    assert result.text.count('"one"') == 1
    start = 4 + len(crafted_file.format_description()) + len(crafted_file.query(b"BEGIN"))
    assert result.stderr.count(f"crafted.000001:{start}: UNKNOWN(172): this version does not know") == warnings
    assert result.stderr.count("UNKNOWN(172)") == warnings


@pytest.mark.parametrize("kind, body", [
    (2, bytes(4)), (4, bytes(3)), (33, bytes(10)), (35, bytes(3)), (19, bytes(5)), (40, b"\x02\x03\xfc"),
])
def test_offsets_of_errors(connector: Connector, tmp_path: Path, kind: int, body: bytes) -> None:
    """An error says the same, whether every event is shown or only rows; its offset counts from the event's start."""
    path = crafted_file.write(tmp_path, crafted_file.event(kind, body))
    rows = connector.run(config(path)).expect(EXIT_DATA).last_line
    every = connector.run(config(path, events="all")).expect(EXIT_DATA).last_line
    listed = connector.run_arguments("inspect", "--events", str(path)).expect(EXIT_DATA).last_line
    assert rows == every == listed
    offset = int(rows.split(" at offset ")[1].split(".")[0])
    assert 19 <= offset <= 19 + len(body), rows


@pytest.mark.parametrize("output", ["text", "parquet"])
def test_undecodable_bytes_are_counted(connector: Connector, tmp_path: Path, output: str) -> None:
    """Each piece of text that its character set does not know becomes U+FFFD, and the run says how many there were."""
    path = crafted_file.write(
        tmp_path, crafted_file.query(b"BEGIN"), crafted_file.table_map(b"shop", b"notes"),
        crafted_file.insert(b"a\xffb", b"whole", b"\xfe|\xff"), crafted_file.commit())
    fields = {} if output == "text" else {"output_mode": "parquet", "parquet_output_dir": str(connector.output)}
    result = connector.run(config(path, **fields)).expect(EXIT_OK)
    assert "3 undecodable pieces of text were replaced by U+FFFD" in result.stderr
    if output == "text":
        assert '"a\ufffdb"' in result.text and '"\ufffd|\ufffd"' in result.text and '"whole"' in result.text


def test_text_without_undecodable_bytes(connector: Connector, tmp_path: Path) -> None:
    path = crafted_file.write(
        tmp_path, crafted_file.query(b"BEGIN"), crafted_file.table_map(b"shop", b"notes"),
        crafted_file.insert("\u00fc\ufffd".encode()), crafted_file.commit())
    assert "U+FFFD" not in connector.run(config(path)).expect(EXIT_OK).stderr
