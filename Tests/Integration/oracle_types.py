"""Every column type: its DDL, random and edge values as SQL literals, and what the output must say for the server's text.

A Kind is one way to declare a column. `select` is the expression whose text the server is asked for; `expect` turns
that text into an expectation. Nothing here decodes a binlog: what is right is what the server itself prints.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import oracle_literals as literals
from oracle_values import Exact, Expectation, Floating, OneOf, Vector
from servers import Server
from strict_json import Number

Literal = Callable[[Random], str]
Expect = Callable[[str, bool], Expectation]
Change = Callable[[Random, str], str]


@dataclass(frozen=True)
class Kind:
    """One declaration of a column. `expect` gets the server's text and whether all metadata is known.

    `change` makes, from the column's quoted name, an expression that changes a value in place. An `optional` column may
    be left out of an image by the server, even of a full one. `looked_up` is in place of `expect` where only the server, and no
    log, tells what the bytes are.
    """

    ddl: str
    literal: Literal | None
    select: str
    expect: Expect
    inline_bytes: int = 20
    lob: bool = False
    change: Change | None = None
    optional: bool = False
    looked_up: Expect | None = None

    @property
    def has_supplementary_labels(self) -> bool:
        """Whether labels hold characters that information_schema shows as question marks."""
        return any(ord(letter) > 0xFFFF for letter in self.ddl)

    @property
    def is_plain(self) -> bool:
        """Whether its values can be told by the type alone: by no sign and no character set."""
        return "HEX(" not in self.select and not any(word in self.ddl for word in ("UNSIGNED", "ZEROFILL"))


def number(text: str, full: bool) -> Expectation:
    """An integer."""
    return Exact(Number(str(int(text))))


def _same_text(text: str, full: bool) -> Expectation:
    return Exact(text)


def _hex(text: str, full: bool) -> Expectation:
    return Exact("0x" + text.lower())


def _first_hex(text: str, full: bool) -> Expectation:
    """Of hex and text, which BOTH_FORMS asks for, the hex."""
    return _hex(text.split("/")[0], full)


def _second_text(text: str, full: bool) -> Expectation:
    return Exact(text.split("/")[1])


def _utf8(text: str, full: bool) -> Expectation:
    return Exact(bytes.fromhex(text).decode("utf-8"))


def _timestamp(text: str, full: bool) -> Expectation:
    spelled = text.replace(" ", "T") + "Z"
    if text.startswith("0000-00-00"):
        return OneOf((spelled, "0000-00-00T00:00:00Z"))
    return Exact(spelled)


def _floating(single: bool) -> Expect:
    return lambda text, full: Floating(float(text), single)


def _enum(text: str, full: bool) -> Expectation:
    """The text is "index:hex of the label". Without labels the error value may be its index or ''."""
    index, _, label = text.partition(":")
    if full:
        return _utf8(label, full)
    return OneOf((Number("0"), "")) if index == "0" else Exact(Number(index))


def _set(text: str, full: bool) -> Expectation:
    mask, _, labels = text.partition(":")
    return _utf8(labels, full) if full else Exact(Number(mask))


def _vector(text: str, full: bool) -> Expectation:
    return Vector(tuple(value for (value,) in struct.iter_unpack("<f", bytes.fromhex(text))))


PLAIN, HEX, UTF8 = "{0}", "HEX({0})", "HEX(CONVERT({0} USING utf8mb4))"
INDEX_AND_LABEL = "CONCAT(CAST({0} AS UNSIGNED), ':', HEX(CONVERT({0} USING utf8mb4)))"


def _integers() -> list[Kind]:
    kinds = []
    for name, bits in (("TINYINT", 8), ("SMALLINT", 16), ("MEDIUMINT", 24), ("INT", 32), ("BIGINT", 64)):
        signed = literals.integer(-(1 << bits - 1), (1 << bits - 1) - 1)
        unsigned = literals.integer(0, (1 << bits) - 1)
        kinds += [Kind(name, signed, PLAIN, number), Kind(f"{name} UNSIGNED", unsigned, PLAIN, number),
                  Kind(f"{name}(9) ZEROFILL", unsigned, PLAIN, number)]
    kinds.append(Kind("BOOL", literals.integer(0, 1), PLAIN, number))
    kinds.append(Kind("YEAR", literals.year, PLAIN, number))
    return kinds


def _reals() -> list[Kind]:
    as_double = "CAST({0} AS DOUBLE)"
    kinds = [Kind("FLOAT", literals.single, as_double, _floating(True)),
             Kind("FLOAT UNSIGNED", literals.positive(literals.single), as_double, _floating(True)),
             Kind("DOUBLE", literals.double, PLAIN, _floating(False)),
             Kind("DOUBLE UNSIGNED", literals.positive(literals.double), PLAIN, _floating(False))]
    shapes = ((65, 30), (65, 0), (30, 30), (1, 0), (1, 1), (2, 2), (9, 9), (9, 0), (10, 2), (18, 9), (27, 18), (36, 9),
              (19, 10), (20, 1), (38, 10), (54, 27), (11, 3), (13, 8), (64, 17))
    for precision, scale in shapes:
        kinds.append(Kind(f"DECIMAL({precision},{scale})", literals.decimal(precision, scale), PLAIN, _same_text))
    kinds.append(Kind("DECIMAL(12,4) UNSIGNED", literals.positive(literals.decimal(12, 4)), PLAIN, _same_text))
    # ZEROFILL is a matter of display: CAST takes the padding away.
    kinds.append(Kind("DECIMAL(14,3) ZEROFILL", literals.positive(literals.decimal(14, 3)),
                      "CAST({0} AS DECIMAL(14,3))", _same_text))
    return kinds


def _temporals() -> list[Kind]:
    kinds = [Kind("DATE", literals.date, PLAIN, _same_text)]
    for digits in range(7):
        kinds += [Kind(f"DATETIME({digits})", literals.datetime(digits), PLAIN, _same_text),
                  Kind(f"TIMESTAMP({digits})", literals.timestamp(digits), PLAIN, _timestamp),
                  Kind(f"TIME({digits})", literals.time(digits), PLAIN, _same_text)]
    return kinds


def _texts() -> list[Kind]:
    kinds = []
    for charset in literals.CHARSETS:
        suffix = f" CHARACTER SET {charset}"
        for ddl, most in (("CHAR(11)", 11), ("VARCHAR(63)", 63), ("TEXT", 300)):
            kinds.append(Kind(ddl + suffix, literals.text(charset, most), UTF8, _utf8, 20 + most * 4, ddl == "TEXT"))
    # More than 255 bytes: the length of CHAR spills into its type byte, VARCHAR takes two length bytes.
    for charset in ("utf8mb4", "utf8mb3", "utf16", "latin1"):
        suffix = f" CHARACTER SET {charset}"
        kinds += [Kind("CHAR(255)" + suffix, literals.text(charset, 255), UTF8, _utf8, 1020),
                  Kind("VARCHAR(300)" + suffix, literals.text(charset, 300), UTF8, _utf8, 1200)]
    for ddl, most in (("TINYTEXT", 60), ("MEDIUMTEXT", 70_000), ("LONGTEXT", 70_000), ("CHAR(1)", 1), ("VARCHAR(1)", 1),
                      ("CHAR(0)", 0)):
        for charset in ("utf8mb4", "latin1"):
            kinds.append(Kind(f"{ddl} CHARACTER SET {charset}", literals.text(charset, most), UTF8, _utf8, 20,
                              ddl.endswith("TEXT")))
    kinds.append(Kind("VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", literals.text("utf8mb4", 20), UTF8, _utf8))
    return kinds


def _binaries() -> list[Kind]:
    kinds = []
    for ddl, most in (("BINARY(1)", 1), ("BINARY(16)", 16), ("BINARY(255)", 255), ("VARBINARY(1)", 1),
                      ("VARBINARY(255)", 255), ("VARBINARY(256)", 256), ("VARBINARY(900)", 900), ("TINYBLOB", 255),
                      ("BLOB", 2_000), ("MEDIUMBLOB", 70_000), ("LONGBLOB", 70_000)):
        kinds.append(Kind(ddl, literals.binary(most), HEX, _hex, 20 + most % 1000, ddl.endswith("BLOB")))
    return kinds


def _enumerations() -> list[Kind]:
    kinds = []
    for count in (2, 300):
        for charset in ("utf8mb4", "latin1"):
            labels = literals.labels(count, charset)
            quoted = ",".join(f"'{label}'" for label in labels)
            kinds.append(Kind(f"ENUM({quoted}) CHARACTER SET {charset}", literals.enum(count), INDEX_AND_LABEL, _enum))
    for count in (3, 9, 64):
        charset = "latin1" if count == 9 else "utf8mb4"
        quoted = ",".join(f"'{label}'" for label in literals.labels(count, charset))
        kinds.append(Kind(f"SET({quoted}) CHARACTER SET {charset}", literals.bit(count, as_number=True),
                          INDEX_AND_LABEL, _set))
    for width in (1, 7, 8, 9, 24, 63, 64):
        kinds.append(Kind(f"BIT({width})", literals.bit(width), "CAST({0} AS UNSIGNED)", number))
    return kinds


def _geometries(server: Server) -> list[Kind]:
    return [Kind(name, literals.geometry(name, server.is_mysql), HEX, _hex, 20, True) for name in literals.GEOMETRIES]


def _generated(server: Server) -> list[Kind]:
    computed = [("INT AS (id + 1) STORED", PLAIN, number), ("BIGINT UNSIGNED AS (id * 4000000000) VIRTUAL", PLAIN, number),
                ("VARCHAR(40) CHARACTER SET latin1 AS (CONCAT('no. ', id)) VIRTUAL", UTF8, _utf8)]
    # MariaDB 11.8 leaves them out of images, full ones too, where a statement has not read them: the bitmap says so.
    is_optional = server.is_mariadb and server.version_number >= (11,)
    generated = [Kind(ddl, None, select, expect, optional=is_optional) for ddl, select, expect in computed]
    hidden = [Kind("INT INVISIBLE DEFAULT 5", literals.integer(-9, 9), PLAIN, number),
              Kind("VARCHAR(9) CHARACTER SET utf8mb4 INVISIBLE DEFAULT 'x'", literals.text("utf8mb4", 9), UTF8, _utf8)]
    return generated + hidden


def _only_mysql() -> list[Kind]:
    return [Kind("JSON", literals.json_document, PLAIN, literals.expect_document, 20, True, literals.json_change),
            Kind("JSON", literals.json_special, PLAIN, literals.expect_document, 20, True, literals.json_change),
            Kind("JSON", literals.json_large, PLAIN, literals.expect_document, 20, True, literals.json_change),
            Kind("VECTOR(3)", literals.vector(3), HEX, _vector, 20, True),
            Kind("VECTOR(700)", literals.vector(700), HEX, _vector, 20, True)]


BOTH_FORMS = "CONCAT(HEX(CAST({{0}} AS BINARY({0}))), '/', CAST({{0}} AS CHAR))"


def _only_mariadb(server: Server) -> list[Kind]:
    kinds = [Kind("JSON", literals.json_text, UTF8, _utf8, 20, True),
             *(Kind(name, literal, BOTH_FORMS.format(size), _first_hex, looked_up=_second_text) for name, literal, size in (
                 ("UUID", literals.uuid, 16), ("INET6", literals.inet6, 16), ("INET4", literals.inet4, 4)))]
    if server.version_number >= (11, 7):
        kinds.append(Kind("VECTOR(3)", literals.mariadb_vector(3), HEX, _hex, looked_up=_vector))
    return kinds


def kinds(server: Server) -> list[Kind]:
    """All declarations that this server knows."""
    own = _only_mysql() if server.is_mysql else _only_mariadb(server)
    return (_integers() + _reals() + _temporals() + _texts() + _binaries() + _enumerations() + _geometries(server)
            + _generated(server) + own)
