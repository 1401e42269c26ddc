"""Writes the inputs that fuzzing starts from: fuzz_seeds.py FOLDER makes a folder for each target there.

They come from the binlogs of Tests/Fixtures; packets are made by hand, as the documents of the protocol have them. What earlier
runs found to reach more of the code is in Tests/Fixtures/fuzz, an input in a line; fuzz_keep.py writes that.
"""

from __future__ import annotations

import pathlib
import struct
import sys
from collections.abc import Iterator

FIXTURES = pathlib.Path("Tests/Fixtures")
# The number that the target has for each type of rows event.
KINDS = {30: 0, 31: 1, 32: 2, 23: 3, 24: 4, 25: 5, 39: 9, **{kind: kind - 156 for kind in range(166, 172)}}
FORMAT_DESCRIPTION, TABLE_MAP, TRANSACTION_PAYLOAD = 15, 19, 40
NOT_IN_A_PAYLOAD = (FORMAT_DESCRIPTION, TRANSACTION_PAYLOAD, 4)
HEADER_BYTES = 19


def fixtures() -> Iterator[tuple[str, bytes]]:
    for path in sorted(FIXTURES.glob("*.hex")):
        lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
        yield path.stem, bytes.fromhex("".join(lines))


def events(log: bytes, checksum: int) -> Iterator[tuple[int, bytes, bytes]]:
    """The type, the header and the body of each event."""
    start = 4
    while start + HEADER_BYTES <= len(log):
        size = struct.unpack_from("<I", log, start + 9)[0]
        end = start + size - checksum
        yield log[start + 4], log[start:start + HEADER_BYTES], log[start + HEADER_BYTES:end]
        start += size


# ---------------------------------------------------------------------------------------------------------------------
# Events


def event(header: bytes, body: bytes) -> bytes:
    """The event without a checksum."""
    return header[:9] + struct.pack("<I", HEADER_BYTES + len(body)) + header[13:] + body


def payload(inner: bytes) -> bytes:
    """A TRANSACTION_PAYLOAD that is not compressed, so that its bytes can be changed: type 2 is 255, then the end mark."""
    body = bytes.fromhex("0203fcff0000") + inner
    return event(struct.pack("<IBIIIH", 0, TRANSACTION_PAYLOAD, 1, 0, 0, 0), body)


def event_seeds() -> Iterator[tuple[str, bytes]]:
    """Whole files without their magic, and their transactions as one payload behind the file's format."""
    for name, log in fixtures():
        yield name, log[4:]
        checksum = 0 if "no-checksum" in name else 4
        parts = list(events(log, checksum))
        inner = b"".join(event(header, body) for kind, header, body in parts if kind not in NOT_IN_A_PAYLOAD)
        header, body = next((header, body) for kind, header, body in parts if kind == FORMAT_DESCRIPTION)
        # A FORMAT_DESCRIPTION always has four bytes for a checksum; before them stands the algorithm, here none.
        unchecked = event(header, (body if checksum else body[:-4])[:-1] + bytes(5))
        yield f"payload-{name}", unchecked + payload(inner)


def row_seeds() -> Iterator[tuple[str, bytes]]:
    """Each rows event with the table map before it, whose length and the kind of the rows come first."""
    for name, log in fixtures():
        table_map = b""
        for number, (kind, _, body) in enumerate(events(log, 0 if "no-checksum" in name else 4)):
            if kind == TABLE_MAP:
                table_map = body
            elif kind in KINDS and table_map:
                yield f"{name}-{number}", struct.pack("<HB", len(table_map), KINDS[kind]) + table_map + body


# ---------------------------------------------------------------------------------------------------------------------
# Packets

DUMP, QUERY, LOGIN = 0, 1, 2
WITHOUT_TLS, NO_PASSWORD, SMALL_BUFFER, BYTE_BY_BYTE = 4, 8, 0x40, 0x80
OK = bytes.fromhex("00000002000000")
EOF = bytes.fromhex("fe00000200")
REFUSAL = b"\xff\x15\x04#28000Access denied for user"
NONCE = b"abcdefghijklmnopqrst"
PUBLIC_KEY = b"-----BEGIN PUBLIC KEY-----\nMIIBIjANBg\n-----END PUBLIC KEY-----\n"


def packets(choice: int, *payloads: bytes) -> bytes:
    """Packets of up to 64 KiB; their numbers are put right by the target."""
    return bytes([choice]) + b"".join(struct.pack("<I", len(payload)) + payload for payload in payloads)


def text(value: bytes) -> bytes:
    """A string<lenenc> of less than 251 bytes."""
    return bytes([len(value)]) + value


def greeting(version: bytes, plugin: bytes, tls: bool = True) -> bytes:
    """https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_v10.html"""
    flags = 0xDFFFFFFF if tls else 0xDFFFF7FF
    return (b"\x0a" + version + b"\0" + struct.pack("<I", 8) + NONCE[:8] + b"\0" + struct.pack("<H", flags & 0xFFFF)
            + b"\xff\x02\0" + struct.pack("<HB", flags >> 16, 21) + bytes(10) + NONCE[8:] + b"\0" + plugin + b"\0")


def column(name: bytes) -> bytes:
    return text(b"def") + text(b"") * 3 + text(name) * 2 + bytes.fromhex("0c2d0000010000fd0000000000")


def packet_seeds() -> Iterator[tuple[str, bytes]]:
    """Logins by each plugin, results of statements, and dumps."""
    sha2, native = greeting(b"8.4.0", b"caching_sha2_password"), greeting(b"5.5.5-10.11.6-MariaDB", b"mysql_native_password")
    plain = greeting(b"8.4.0", b"caching_sha2_password", tls=False)
    switch = b"\xfe" + b"mysql_native_password\0" + NONCE + b"\0"
    result = (b"\x02", column(b"File"), column(b"Position"), EOF, text(b"binlog.000001") + text(b"157"),
              text(b"binlog.000002") + b"\xfb", EOF)
    yield "login-warm-cache", packets(LOGIN, plain, b"\x01\x03", OK, *result)
    yield "login-tls", packets(LOGIN | BYTE_BY_BYTE, sha2, b"\x01\x04", OK, *result)
    yield "login-rsa", packets(LOGIN | WITHOUT_TLS, plain, b"\x01\x04", b"\x01" + PUBLIC_KEY, OK)
    yield "login-sha256", packets(LOGIN | WITHOUT_TLS, greeting(b"5.7.44", b"sha256_password"), b"\x01" + PUBLIC_KEY)
    yield "login-native", packets(LOGIN | WITHOUT_TLS, native, OK, *result)
    yield "login-switch", packets(LOGIN | WITHOUT_TLS | SMALL_BUFFER, plain, switch, OK)
    yield "login-no-password", packets(LOGIN | WITHOUT_TLS | NO_PASSWORD, plain, OK, OK)
    yield "login-old-password", packets(LOGIN | WITHOUT_TLS, plain, b"\xfe")
    yield "login-clear-password", packets(LOGIN | WITHOUT_TLS, plain, b"\xfemysql_clear_password\0")
    yield "login-refused", packets(LOGIN | WITHOUT_TLS, plain, REFUSAL)
    yield "login-too-many", packets(LOGIN, b"\xff\x10\x04Too many connections")
    yield "query", packets(QUERY, *result)
    yield "query-byte-by-byte", packets(QUERY | SMALL_BUFFER | BYTE_BY_BYTE, *result)
    yield "query-ok", packets(QUERY, OK)
    yield "query-refused", packets(QUERY, REFUSAL)
    yield "query-infile", packets(QUERY, b"\xfb/etc/hosts")
    yield "query-long", packets(QUERY, b"\x01", column(b"text"), EOF, b"\xfc\x2c\x01" + b"x" * 300, EOF)
    one = event(struct.pack("<IBIIIH", 0, 16, 1, 0, 0, 0), bytes(8))
    yield "dump", packets(DUMP, b"\0" + one, b"\0" + one, EOF)
    yield "dump-semi-sync", packets(DUMP | SMALL_BUFFER, b"\0\xef\0" + one, b"\xff\xd4\x04#HY000Could not find first log")


# ---------------------------------------------------------------------------------------------------------------------
# GTIDs

SOURCE = "3e11fa47-71ca-11e1-9e33-c80aa9429562"


def gtid_seeds() -> Iterator[tuple[str, bytes]]:
    """Sets as text and as events; the first byte says which."""
    source = bytes.fromhex(SOURCE.replace("-", ""))
    interval = struct.pack("<QQQ", 1, 5, 9)
    yield "mysql", f"T{SOURCE}:1-3:7:tag:1-5,\n{SOURCE}:9".encode()
    yield "mariadb", b"T0-1-100,1-2-7"
    yield "previous", b"P" + struct.pack("<Q", 1) + source + interval
    yield "tagged", b"P\x01\x01\0\0\0\0\0\x01" + source + b"\x06tag" + interval
    yield "list", b"L" + struct.pack("<IIIQIIQ", 2, 0, 1, 42, 0, 2, 7)


# ---------------------------------------------------------------------------------------------------------------------
# Schema files


def schema_seeds() -> Iterator[tuple[str, bytes]]:
    """Scripts as dumps have them; the first byte is the size of the pieces in which they are read."""
    dump = (b"-- Host: localhost    Database: shop\n/*!40101 SET NAMES utf8mb4 */;\nCREATE TABLE `t` (\n  `id` int(10) unsigned NOT NULL,\n"
            b"  `e` enum('a','it''s','\\\\') CHARACTER SET latin1 DEFAULT 'a' COMMENT 'x',\n  `g` int GENERATED ALWAYS AS ((`id` + 1)) VIRTUAL,\n"
            b"  PRIMARY KEY (`id`,`e`(3)), KEY `k` (`e`), CONSTRAINT `c` CHECK ((`id` > 0))\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin "
            b"/*!50100 PARTITION BY HASH (`id`) */;\nINSERT INTO `t` VALUES (1,'it\\'s;',2);\n")
    yield "dump", b"\xff" + dump
    yield "pieces", b"\0" + dump
    yield "trigger", b"\x10USE d;\nDELIMITER ;;\n/*!50003 CREATE*/ /*!50003 TRIGGER x ; END */;;\nDELIMITER ;\nCREATE TABLE t (a double precision);"
    yield "database", (b"\x20/*M!999999\\- enable the sandbox mode */\nCREATE DATABASE /*!32312 IF NOT EXISTS*/ `d` /*!40100 DEFAULT CHARACTER SET latin1 */;"
                       b"CREATE TABLE \"d\".t (a text(70), b national varchar(3), c long varbinary, d uuid, e serial);")


# ---------------------------------------------------------------------------------------------------------------------

VALUES = {
    "json": [("object", bytes.fromhex("0001000c000b0001000504006100")),
             ("large", bytes.fromhex("0302000000120000000c12000000051000000001610000"))],
    "decimal": [("money", bytes.fromhex("0a02800004d21e"))],
}


def found_seeds(target: str) -> Iterator[tuple[str, bytes]]:
    for number, line in enumerate((FIXTURES / "fuzz" / f"{target}.hex").read_text().splitlines(), 1):
        yield f"found-{number:03}", bytes.fromhex(line)


def main(corpus: pathlib.Path) -> None:
    targets = {"events": event_seeds(), "rows": row_seeds(), "packets": packet_seeds(), "gtids": gtid_seeds(),
               "schemas": schema_seeds(), **VALUES}
    for target, seeds in targets.items():
        folder = corpus / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, seed in (*seeds, *found_seeds(target)):
            (folder / name).write_bytes(seed)


main(pathlib.Path(sys.argv[1]))
