"""Reads the blocks of text mode, strictly: whatever does not fit the format is an error."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLOCK = re.compile(
    r"=== DML Event \((?P<title>INSERT|UPDATE|DELETE)\) ===\n"
    r"Table:     (?P<table>[^\n]*)\n"
    r"Type:      (?P<type>[A-Z_0-9]+)\n"
    r"DML:       (?P<dml>INSERT|UPDATE|DELETE)\n"
    r"Timestamp: (?P<timestamp>\d+) \(Unix timestamp\)\n"
    r"Server ID: (?P<server_id>\d+)\n"
    r"Log Pos:   (?P<log_pos>\d+)\n"
    r"Flags:     0x(?P<flags>[0-9a-fA-F]{4})\n"
    r"Columns:   (?P<columns>\d+)\n"
    r"Column Types: (?P<types>[^\n]*)\n"
    r"(?:\nBefore Values \((?P<before_count>\d+) columns\):\n(?P<before>(?:  \[\d+\] [^\n]*\n)*))?"
    r"(?:\nAfter Values \((?P<after_count>\d+) columns\):\n(?P<after>(?:  \[\d+\] [^\n]*\n)*))?"
    r"==========================\n"
    r"\n")
_LINE = re.compile(r"  \[(\d+)\] (?:(.*?) = )?(.*)\n")

Values = list[tuple[str | None, str]]


@dataclass(frozen=True)
class Block:
    """One row as printed."""

    table: str
    type: str
    dml: str
    timestamp: int
    server_id: int
    log_pos: int
    flags: int
    columns: int
    types: list[str]
    before: Values | None
    after: Values | None


def _values(count: str | None, lines: str | None) -> Values | None:
    if count is None or lines is None:
        return None
    found = _LINE.findall(lines)
    assert [int(index) for index, _, _ in found] == sorted(int(index) for index, _, _ in found)
    assert len(found) == int(count), f"{count} columns announced, {len(found)} printed"
    return [(name or None, value) for _, name, value in found]


def parse(text: str) -> list[Block]:
    """All blocks of an output that holds nothing else."""
    blocks, at = [], 0
    while at < len(text):
        match = _BLOCK.match(text, at)
        assert match, f"no block at character {at}: {text[at:at + 600]!r}"
        part = match.groupdict()
        assert part["title"] == part["dml"]
        blocks.append(Block(
            table=part["table"], type=part["type"], dml=part["dml"], timestamp=int(part["timestamp"]),
            server_id=int(part["server_id"]), log_pos=int(part["log_pos"]), flags=int(part["flags"], 16),
            columns=int(part["columns"]), types=part["types"].split(", "),
            before=_values(part["before_count"], part["before"]), after=_values(part["after_count"], part["after"])))
        at = match.end()
    return blocks
