"""Compares a value of text mode with what mysqlbinlog or mariadb-binlog print for it."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime

NUMBERS = {"TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT", "YEAR", "DECIMAL"}
TIMES = {"DATE", "TIME", "DATETIME"}
# The tools print the bytes of text, and do not say in which character set they are.
CHARACTER_SETS = ("utf-8", "latin-1", "cp1252", "utf-16-be", "utf-16-le", "utf-32-be", "gbk", "sjis", "euc-jp", "big5",
                  "euc-kr", "latin2", "koi8-r", "cp1251", "greek")
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "0": "\0", "Z": "\x1a"}
ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|.)", re.DOTALL)
HEXADECIMAL = re.compile(r"0x([0-9a-f]*)(\.\.\. \((\d+) bytes\))?")


def same(own: str, text: str, kind: str) -> bool | None:
    """Whether both are the same value of a column of type `kind`; None where the tool does not print all of it."""
    if "NULL" in (own, text):
        return own == text
    if kind in NUMBERS:
        return own.strip('"') in integers(text)
    if kind in TIMES:
        return own.replace(":", "-") == text.strip("'").replace(":", "-")
    if kind == "TIMESTAMP":
        return own == timestamp(text)
    if kind in ("FLOAT", "DOUBLE"):
        return math.isclose(float(own), float(text.split()[0]), rel_tol=1e-5)
    if kind == "BIT":
        return int(own) == int(text.removeprefix("b").strip("'"), 2)
    if kind in ("ENUM", "SET"):
        return own == text if own.isdecimal() else None
    if kind == "JSON":
        return same_documents(own, text)
    return same_bytes(own, text) if own.startswith("0x") else same_text(own, text)


def integers(text: str) -> set[str]:
    """The tool does not know which columns are unsigned, and prints both readings."""
    number = re.fullmatch(r"(-\d+) \((\d+)\)", text)
    return {number[1], number[2]} if number else {text}


def timestamp(text: str) -> str:
    """The tools print Unix seconds with their fraction."""
    seconds, _, fraction = text.partition(".")
    if int(seconds) == 0:
        time = "0000-00-00 00:00:00"
    else:
        time = datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"{time}.{fraction}" if fraction else time


def same_documents(own: str, text: str) -> bool | None:
    """Some documents are printed as functions, or cut."""
    try:
        return bool(json.loads(own) == json.loads(text[1:-1]))
    except ValueError:
        return None


def spellings(text: str) -> list[bytes]:
    """What quoted text may stand for: MariaDB's tool writes a backslash as it is, MySQL's escapes it."""
    bare = text[1:-1] if text.startswith("'") else text
    unescaped = ESCAPE.sub(
        lambda match: chr(int(match[1][1:], 16)) if len(match[1]) == 3 else ESCAPES.get(match[1], match[1]), bare)
    return [one.encode("utf-8", "surrogateescape") for one in (unescaped, bare)]


def same_bytes(own: str, text: str) -> bool:
    """Long values are cut here; BINARY is filled up with zeros, which the tools leave out."""
    match = HEXADECIMAL.fullmatch(own)
    assert match, own
    start = bytes.fromhex(match[1])
    if match[2]:
        return any(one.startswith(start) and len(one) == int(match[3]) for one in spellings(text))
    return any(one.rstrip(b"\0") == start.rstrip(b"\0") for one in spellings(text))


def same_text(own: str, text: str) -> bool:
    value = json.loads(own)
    return any(decoded(one, charset) == value for one in spellings(text) for charset in CHARACTER_SETS)


def decoded(value: bytes, charset: str) -> str | None:
    try:
        return value.decode(charset)
    except UnicodeDecodeError:
        return None
