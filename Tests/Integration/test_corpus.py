"""Every binlog of a folder of collected ones: row counts and values as the servers' own tools print them.

The folder and its INDEX.tsv are not part of the project. They are looked for beside the checkout, or where MBC_CORPUS
says; without them the tests are skipped.
"""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from connector import EXIT_DATA, EXIT_OK, Connector
from servers import PROJECT, SCRIPT
from text_blocks import parse
from tool_values import same

CORPUS = Path(os.environ.get("MBC_CORPUS") or PROJECT.parent / "shared" / "corpus")
INDEX = CORPUS / "INDEX.tsv"
ROWS = [line for line in csv.DictReader(INDEX.open(), delimiter="\t")] if INDEX.is_file() else []
FILES = [pytest.param(row, id=row["file"]) for row in ROWS]
# Of a file's values, how many have a spelling in which they can be compared.
LEAST_SHARE = 0.99
needs_corpus = pytest.mark.skipif(not FILES, reason=f"no corpus at {CORPUS}: set MBC_CORPUS")

# What a clear end says: damage that the servers' tools do not look for, and formats that they cannot read either.
DAMAGED = re.compile(r"checksum does not match|the file ends after")
REFUSED = re.compile(r"encrypted|binlog version [123] of MySQL|no FORMAT_DESCRIPTION|the file ends after")


def wanted_events(row: dict[str, str]) -> int:
    """How many events the file holds: "FDE:1 QUERY:6"."""
    return sum(int(part.rsplit(":", 1)[1]) for part in row["events"].split())


def wanted_rows(row: dict[str, str]) -> int:
    """What the better of the two tools finds; a tool that fails counts what it printed until then."""
    return max(int(row["mysqlbinlog_rows"] or 0), int(row["mariadb_binlog_rows"] or 0))


@needs_corpus
@pytest.mark.parametrize("row", FILES or [None])
def test_row_counts(connector: Connector, row: dict[str, str]) -> None:
    result = connector.run_arguments("inspect", "--json", str(CORPUS / row["file"]))
    assert result.code in (EXIT_OK, EXIT_DATA), result.stderr
    found = json.loads(result.text) if result.text else {"tables": [], "unreadable_reason": None}
    count = sum(table["inserted"] + table["updated"] + table["deleted"] for table in found["tables"])
    if result.code == EXIT_OK:
        assert count == wanted_rows(row)
        assert sum(event["count"] for event in found["events"]) == wanted_events(row)
    elif DAMAGED.search(result.last_line):
        assert count <= wanted_rows(row)
        assert "bad CRC" in row["notes"] or "truncated" in row["notes"]
    else:
        assert wanted_rows(row) == 0, result.last_line
        if not REFUSED.search(result.last_line):
            # Neither tool reads the file.
            assert row["mysqlbinlog_exit"] != "0" or row["mariadb_binlog_exit"] != "0", result.last_line
        assert re.search(rf"{re.escape(row['file'])}:\d+: ", result.last_line)


def tool_rows(row: dict[str, str]) -> list[tuple[str, str, dict[int, str], dict[int, str]]]:
    """The rows that a server's tool prints: kind, table, before and after image by column number."""
    name = "mysql-9.7" if row["mysqlbinlog_exit"] == "0" else "mariadb-11.8"
    tool = subprocess.run(
        [str(SCRIPT), "mysqlbinlog", name, "-v", "--base64-output=decode-rows", str(CORPUS / row["file"])],
        capture_output=True, timeout=120)
    found: list[tuple[str, str, dict[int, str], dict[int, str]]] = []
    part: dict[int, str] = {}
    for line in tool.stdout.decode("utf-8", "surrogateescape").split("\n"):
        if head := re.match(r"### (INSERT INTO|UPDATE|DELETE FROM) `(.*)`\.`(.*)`$", line):
            kind = head[1].split()[0]
            found.append((kind, f"{head[2]}.{head[3]}", {}, {}))
        elif line.startswith("### WHERE"):
            part = found[-1][2]
        elif line.startswith("### SET"):
            part = found[-1][3]
        elif value := re.match(r"###   @(\d+)=(.*)$", line):
            part[int(value[1]) - 1] = value[2]
    return found


@needs_corpus
@pytest.mark.parametrize("row", [param for param in FILES if wanted_rows(param.values[0]) > 0] or [None])
def test_values(connector: Connector, row: dict[str, str]) -> None:
    """Kind and table of every row, and the values, each in a spelling that both sides share.

    The tools read on behind an event whose checksum is wrong; those rows are not compared.
    """
    config = {"source": "file", "files": [str(CORPUS / row["file"])], "column_names": "ordinal"}
    result = connector.run(config)
    blocks = parse(result.text)
    others = tool_rows(row)
    if "bad CRC" in row["notes"]:
        assert "checksum does not match" in result.expect(EXIT_DATA).last_line
        del others[len(blocks):]
    else:
        result.expect(EXIT_OK)
    assert [(block.dml, block.table) for block in blocks] == [(kind, table) for kind, table, _, _ in others]
    compared = total = 0
    for block, (_, _, before, after) in zip(blocks, others, strict=True):
        kinds = [kind.split("(")[0].removesuffix(" UNSIGNED") for kind in block.types]
        for values, other in ((block.before or [], before), (block.after or [], after)):
            assert len(values) == len(other)
            for (_, value), (index, text) in zip(values, sorted(other.items()), strict=True):
                found = same(value, text, kinds[index])
                place = f"{block.table} before {block.log_pos}, {block.types[index]} column {index}"
                assert found is not False, f"{place}: {value[:200]} here, {text[:200]} there"
                compared += found is True
                total += 1
    assert compared >= LEAST_SHARE * total, f"{compared} of {total} values compared"
