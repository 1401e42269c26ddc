"""A hostile server: every kind of malformed packet at every stage ends the run soon, in little memory, with one clear error.

MBC_HOSTILE_RUNS is the number of mutated conversations (20 unless set).
"""

from __future__ import annotations

import base64
import collections
import os
import random
import re
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

import hostile_server as hostile
from connector import EXIT_DATA, EXIT_NO_PERMISSION, EXIT_OK, EXIT_UNAVAILABLE, Connector
from hostile_server import EOF, FULL, OK, Conversation, HostileServer, Play, err, lenenc
from measure import Measured, measure
from proxy import Proxy
from servers import Server
from workloads import orders

PASSWORD = "a-password-to-look-for"
ENDINGS = {EXIT_DATA, EXIT_UNAVAILABLE, EXIT_NO_PERMISSION}
TIMEOUTS = {"connect_timeout_seconds": 2, "read_timeout_seconds": 2, "max_reconnect_seconds": 1}
LIMIT_SECONDS = 15.0
LIMIT_MEGABYTES = 200.0
MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Case:
    """What a server does, and what must come of it."""

    name: str
    play: Play
    codes: frozenset[int]
    words: tuple[str, ...]
    fields: dict[str, Any]
    megabytes: float


MARIADB = b"11.8.2-MariaDB"
CASES: list[Case] = []


def case(*codes: int, words: tuple[str, ...] | str = (), megabytes: float = LIMIT_MEGABYTES,
         **fields: Any) -> Callable[[Play], Play]:
    """Adds a conversation to the table: its exit codes, words of the last line, and fields of its configuration."""

    def add(play: Play) -> Play:
        wanted = (words,) if isinstance(words, str) else words
        name = play.__name__.replace("_", " ")
        CASES.append(Case(name, play, frozenset(codes), wanted, fields, megabytes))
        return play

    return add


def run(connector: Connector, server: HostileServer, **fields: Any) -> Measured:
    config = {"host": "127.0.0.1", "port": server.port, "user": "repl", "password": PASSWORD, "ssl_mode": "disabled", "column_names": "log",
              "from_binlog_file": "binlog.000001", "from_binlog_position": 4, **TIMEOUTS, **fields}
    return measure(connector, config, LIMIT_SECONDS + 15)


# What drives a terminal, breaks a line or turns it around.
STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def check(run: Measured, codes: frozenset[int] | set[int], megabytes: float = LIMIT_MEGABYTES) -> None:
    result = run.result
    assert result.code in codes, f"exit code {result.code}, expected {sorted(codes)}; stderr:\n{result.stderr[-3000:]}"
    result.expect(result.code)
    assert run.megabytes < megabytes, f"{run.megabytes:.0f} MB; stderr:\n{result.stderr[-3000:]}"
    assert result.seconds < LIMIT_SECONDS, f"{result.seconds:.1f} s; stderr:\n{result.stderr[-3000:]}"
    assert PASSWORD not in result.stderr and PASSWORD.encode() not in result.stdout
    assert len(result.last_line) < 20_000, f"{len(result.last_line)} characters in the last line"
    for line in result.stderr.split("\n"):
        steering = STEERING.findall(line)
        assert not steering, f"{steering} in the line {line[:1000]!r}"


# ---------------------------------------------------------------------------------------------------------------------
# The greeting


@case(EXIT_UNAVAILABLE, words="no complete answer")
def greeting_silence(server: Conversation) -> None:
    server.silence()


@case(EXIT_UNAVAILABLE, words="closed")
def greeting_closed_at_once(server: Conversation) -> None:
    return


@case(EXIT_UNAVAILABLE, words="closed")
def greeting_cut_connection(server: Conversation) -> None:
    server.send(server.framed(hostile.greeting())[:40])


for length in (0, 1, 2, 6, 7, 10, 11, 18, 19, 20, 22, 25, 27, 28, 30, 38, 40, 50):

    def greeting_cut(server: Conversation, length: int = length) -> None:
        server.packet(hostile.greeting()[:length])

    greeting_cut.__name__ = f"greeting cut to {length} bytes"
    case(EXIT_DATA, EXIT_UNAVAILABLE, EXIT_NO_PERMISSION)(greeting_cut)

for number in range(12):

    def greeting_of_noise(server: Conversation, number: int = number) -> None:
        noise = random.Random(number).randbytes(200)
        server.packet((b"\x0a" if number % 2 else b"") + noise)

    greeting_of_noise.__name__ = f"greeting of noise {number}"
    case(*ENDINGS)(greeting_of_noise)


@case(*ENDINGS)
def greeting_of_noise_without_frame(server: Conversation) -> None:
    server.send(random.Random(99).randbytes(5000))


@case(EXIT_DATA)
def greeting_of_a_web_server(server: Conversation) -> None:
    server.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


@case(EXIT_DATA, words="1048576")
def greeting_of_an_absurd_length(server: Conversation) -> None:
    server.send(b"\xff\xff\xff\x00\x0a")
    server.silence()


@case(EXIT_DATA, words="HandshakeV10")
def greeting_version_without_end(server: Conversation) -> None:
    server.packet(b"\x0a" + b"9" * 1_000_000)


@case(EXIT_DATA, words="out of order")
def greeting_out_of_order(server: Conversation) -> None:
    server.packet(hostile.greeting(), sequence=5)


@case(EXIT_NO_PERMISSION, words="protocol version 9")
def greeting_of_protocol_9(server: Conversation) -> None:
    server.packet(b"\x09" + hostile.greeting()[1:])


@case(EXIT_NO_PERMISSION, words="older than 4.1")
def greeting_without_capabilities(server: Conversation) -> None:
    server.packet(hostile.greeting(capabilities=0))


@case(EXIT_NO_PERMISSION, words="nonce")
def greeting_with_a_short_nonce(server: Conversation) -> None:
    whole = hostile.greeting(nonce=b"12345678", plugin=b"", capabilities=hostile.CAPABILITIES & ~0x080000)
    server.packet(whole[:-1])


@case(EXIT_UNAVAILABLE, words="no complete answer")
def greeting_byte_by_byte(server: Conversation) -> None:
    server.drip(server.framed(hostile.greeting(version=b"9" * 200)))


@case(EXIT_UNAVAILABLE, words="1040")
def greeting_error_with_control_characters(server: Conversation) -> None:
    server.packet(b"\xff\x10\x04\x1b]0;title\x07\x1b[2J\nERROR forged line\r1040 \x7f\xc2\x9b31m" + "\u202e\u2028\u2066".encode())


@case(EXIT_UNAVAILABLE, words="1040")
def greeting_errors_without_end(server: Conversation) -> None:
    server.flood_packets(err(1040, b"Too many connections"))


@case(EXIT_DATA, words="1048576")
def greeting_error_larger_than_a_packet(server: Conversation) -> None:
    server.packet(err(1040, b"x" * (FULL - 9)))
    server.flood(b"\xff\xff\xff\x01" + b"x" * 1000)


# ---------------------------------------------------------------------------------------------------------------------
# The login


@case(EXIT_NO_PERMISSION, words="my_plugin")
def login_unknown_plugin(server: Conversation) -> None:
    server.greet()
    server.packet(b"\xfemy_plugin\x1b[2J\n\0" + hostile.NONCE + b"\0")


@case(EXIT_NO_PERMISSION, words="mysql_clear_password")
def login_password_in_clear(server: Conversation) -> None:
    server.greet()
    server.packet(b"\xfemysql_clear_password\0")
    server.silence()


@case(EXIT_NO_PERMISSION, words="mysql_old_password")
def login_old_password(server: Conversation) -> None:
    server.greet()
    server.packet(b"\xfe")


@case(EXIT_NO_PERMISSION, words="nonce")
def login_switch_with_a_short_nonce(server: Conversation) -> None:
    server.greet()
    server.packet(b"\xfemysql_native_password\0abc\0")


@case(EXIT_DATA)
def login_switch_without_end_of_name(server: Conversation) -> None:
    server.greet()
    server.packet(b"\xfe" + b"x" * 1_000_000)


@case(EXIT_UNAVAILABLE, EXIT_DATA, words="")
def login_switches_without_end(server: Conversation) -> None:
    server.greet()
    while True:
        server.packet(b"\xfemysql_native_password\0" + hostile.NONCE + b"\0")
        server.receive()


@case(EXIT_UNAVAILABLE, words="no complete answer")
def login_fast_success_without_end(server: Conversation) -> None:
    server.greet()
    server.flood_packets(b"\x01\x03")


@case(EXIT_DATA)
def login_more_data_of_noise(server: Conversation) -> None:
    server.greet()
    server.packet(b"\x01" + random.Random(3).randbytes(1000))


@case(EXIT_DATA)
def login_more_data_without_data(server: Conversation) -> None:
    server.greet()
    server.packet(b"\x01")


def public_key(server: Conversation, key: bytes) -> None:
    server.greet()
    server.packet(b"\x01\x04")
    assert server.receive() == b"\x02"
    server.packet(b"\x01" + key)
    server.silence()


def pem(modulus: int, exponent: int = 65537) -> bytes:
    """A public key of any size: cryptography's own would refuse the absurd ones."""

    def tlv(tag: int, content: bytes) -> bytes:
        length = len(content)
        if length < 0x80:
            return bytes([tag, length]) + content
        size = (length.bit_length() + 7) // 8
        return bytes([tag, 0x80 | size]) + length.to_bytes(size, "big") + content

    def integer(value: int) -> bytes:
        return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))

    key = tlv(0x30, integer(modulus) + integer(exponent))
    algorithm = bytes.fromhex("300d06092a864886f70d0101010500")
    der = base64.encodebytes(tlv(0x30, algorithm + tlv(3, b"\0" + key)))
    return b"-----BEGIN PUBLIC KEY-----\n" + der + b"-----END PUBLIC KEY-----\n"


@case(EXIT_NO_PERMISSION, words="RSA key")
def login_a_huge_rsa_key(server: Conversation) -> None:
    public_key(server, pem((1 << 4_000_000) + 1))


@case(EXIT_NO_PERMISSION, EXIT_UNAVAILABLE)
def login_the_largest_rsa_key_that_works(server: Conversation) -> None:
    public_key(server, pem((1 << 16_383) + 1, (1 << 33) - 1))


@case(EXIT_NO_PERMISSION, words="RSA key")
def login_a_short_rsa_key(server: Conversation) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()
    public_key(server, key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))


@case(EXIT_NO_PERMISSION, words="RSA key")
def login_an_rsa_key_of_noise(server: Conversation) -> None:
    public_key(server, b"-----BEGIN PUBLIC KEY-----\n" + b"A" * 1_000_000)


@case(EXIT_DATA, words="0xfb")
def login_asks_for_a_file(server: Conversation) -> None:
    server.greet()
    server.packet(b"\xfb/etc/passwd")
    server.silence()


@case(EXIT_DATA)
def login_cut_ok(server: Conversation) -> None:
    server.greet()
    server.packet(b"\0\0")


@case(EXIT_DATA)
def login_empty_packet(server: Conversation) -> None:
    server.greet()
    server.packet(b"")


@case(EXIT_DATA, words="out of order")
def login_ok_out_of_order(server: Conversation) -> None:
    server.greet()
    server.packet(OK, sequence=77)


@case(EXIT_UNAVAILABLE, words="no complete answer")
def login_silence(server: Conversation) -> None:
    server.greet()
    server.silence()


@case(EXIT_UNAVAILABLE, words="no complete answer")
def login_byte_by_byte(server: Conversation) -> None:
    server.greet()
    server.drip(server.framed(b"\0" * 300))


@case(EXIT_DATA, words="1048576")
def login_packets_without_end(server: Conversation) -> None:
    server.greet()
    server.packet(b"\x01" * FULL)
    server.flood(b"\1" * 1000)


@case(EXIT_NO_PERMISSION, words="TLS", ssl_mode="required")
def login_without_the_tls_that_is_required(server: Conversation) -> None:
    server.greet()


@case(EXIT_NO_PERMISSION, words="TLS", ssl_mode="preferred")
def login_noise_in_place_of_tls(server: Conversation) -> None:
    server.packet(hostile.greeting(capabilities=hostile.CAPABILITIES | 0x0800))
    server.receive()
    server.send(random.Random(5).randbytes(3000))


@case(EXIT_NO_PERMISSION, words="in clear before", ssl_mode="preferred")
def login_data_before_tls(server: Conversation) -> None:
    server.send(server.framed(hostile.greeting(capabilities=hostile.CAPABILITIES | 0x0800)) + server.framed(OK))
    server.silence()


@case(EXIT_UNAVAILABLE, words="no complete answer", ssl_mode="required")
def login_tls_byte_by_byte(server: Conversation) -> None:
    server.packet(hostile.greeting(capabilities=hostile.CAPABILITIES | 0x0800))
    server.receive()
    server.drip(b"\x16\x03\x03\x40\x00" + bytes(300))


# ---------------------------------------------------------------------------------------------------------------------
# Statements


def first_query(server: Conversation) -> None:
    server.log_in()
    server.serve(lambda command: True)


@case(EXIT_DATA)
def query_columns_without_end(server: Conversation) -> None:
    first_query(server)
    server.packet(lenenc(0xFFFF))
    server.flood_packets(hostile.column(b"c"))


@case(EXIT_DATA, words="result")
def query_long_columns_without_end(server: Conversation) -> None:
    first_query(server)
    server.packet(lenenc(0xFFFF))
    server.flood_packets(hostile.column(b"c" * 50_000))


@case(EXIT_DATA)
def query_an_absurd_number_of_columns(server: Conversation) -> None:
    first_query(server)
    server.packet(b"\xfe" + b"\xff" * 8)


def rows_without_end(server: Conversation, columns: int, row: bytes) -> None:
    first_query(server)
    server.packets(lenenc(columns), *[hostile.column(b"c")] * columns, EOF)
    server.flood_packets(row)


@case(EXIT_DATA, words="result")
def query_rows_without_end(server: Conversation) -> None:
    rows_without_end(server, 1, lenenc(b"x" * 10_000))


@case(EXIT_DATA, words="result")
def query_nulls_without_end(server: Conversation) -> None:
    rows_without_end(server, 1, b"\xfb")


@case(EXIT_DATA, words="result")
def query_wide_rows_of_nulls_without_end(server: Conversation) -> None:
    rows_without_end(server, 5000, b"\xfb" * 5000)


@case(EXIT_DATA, words="result")
def query_a_row_without_end(server: Conversation) -> None:
    first_query(server)
    server.packets(lenenc(1), hostile.column(b"c"), EOF)
    for _ in range(100):
        server.packet(b"x" * FULL)


@case(EXIT_DATA, words="row")
def query_empty_rows(server: Conversation) -> None:
    rows_without_end(server, 1, b"")


@case(EXIT_DATA, words="row")
def query_a_value_of_an_absurd_length(server: Conversation) -> None:
    rows_without_end(server, 1, b"\xfe" + b"\xff" * 8)


@case(EXIT_DATA, words="row")
def query_too_many_values(server: Conversation) -> None:
    rows_without_end(server, 1, b"\xfb\xfb")


@case(EXIT_DATA)
def query_a_second_result(server: Conversation) -> None:
    first_query(server)
    server.packets(lenenc(1), hostile.column(b"c"), EOF, bytes([0xFE, 0, 0, 8, 0]))


@case(EXIT_UNAVAILABLE, words="no complete answer")
def query_rows_byte_by_byte(server: Conversation) -> None:
    first_query(server)
    server.packets(lenenc(1), hostile.column(b"c"), EOF)
    server.drip(server.framed(lenenc(b"x" * 5000)))


@case(EXIT_UNAVAILABLE, words="no complete answer")
def query_silence(server: Conversation) -> None:
    first_query(server)
    server.silence()


@case(EXIT_DATA, EXIT_UNAVAILABLE)
def query_errors_without_end(server: Conversation) -> None:
    first_query(server)
    server.flood_packets(err(1064, b"no"))


@case(EXIT_DATA, EXIT_UNAVAILABLE, words="out of order")
def query_answered_twice(server: Conversation) -> None:
    server.log_in()
    command = server.receive()
    server.answer(command)
    server.answer(command)
    server.serve(lambda command: False)


@case(EXIT_DATA, EXIT_UNAVAILABLE)
def query_impossible_binlog_sizes(server: Conversation) -> None:
    server.log_in()
    server.serve(lambda command: b"BINARY LOGS" in command.upper())
    names = [b"binlog.000001", b"binlog.000001", b"", b"..", b"binlog.99999999999999999999"]
    sizes = [b"-1", b"18446744073709551615", b"1e99", b"", b"0x10"]
    server.result_set([b"Log_name", b"File_size"], [[name, size] for name in names for size in sizes])
    server.serve(lambda command: command[0] == hostile.COM_BINLOG_DUMP)
    server.event(hostile.rotate())
    server.event(hostile.format_description())


@case(EXIT_DATA, EXIT_UNAVAILABLE, to_binlog_file="binlog.000009", to_binlog_position=1000)
def query_binlog_sizes_whose_sum_is_too_large(server: Conversation) -> None:
    server.log_in()
    server.serve(lambda command: b"BINARY LOGS" in command.upper())
    names = [b"binlog.00000%d" % number for number in range(1, 9)]
    server.result_set([b"Log_name", b"File_size"], [[name, b"18446744073709551615"] for name in names])
    server.serve(lambda command: command[0] == hostile.COM_BINLOG_DUMP)
    server.event(hostile.rotate())
    server.event(hostile.format_description())
    server.event(hostile.event(hostile.QUERY, bytes(20), 500))


COLUMN_TYPES = [
    (b"varchar", b"varchar(9)", b"9223372036854775807"), (b"vector", b"vector(9223372036854775807)", b"1"),
    (b"enum", b"enum('", b""), (b"set", b"set(" + b"'a'," * 70_000, b"-1"), (b"bit", b"bit(99999999999999999999)", b"x"),
    (b"decimal", b"decimal(-1,-1)", b"18446744073709551615"), (b"\xff\xfe", b"\0\x1b[2J", b"0"),
]

for description in COLUMN_TYPES:

    def lookup_of_a_column(server: Conversation, description: tuple[bytes, bytes, bytes] = description) -> None:
        """On the first connection rows without names, of every type that could be meant; on the second what they are."""
        server.log_in()
        about = server.serve(lambda command: b"information_schema" in command or command[0] == hostile.COM_BINLOG_DUMP)
        data_type, column_type, octets = description
        if about[0] == hostile.COM_QUERY:
            row = [b"shop", b"orders", b"name", data_type, column_type, b"utf8mb4", octets]
            server.result_set([b"c"] * 7, [row])
            server.serve(lambda command: False)
        server.event(hostile.rotate())
        server.event(hostile.format_description(MARIADB))
        position = 4
        for number, (kind, metadata) in enumerate([(0x0F, b"\x09\0"), (0x8D, b"\x09\0"), (0xFE, b"\xf7\1"), (0xFE, b"\xf8\1"),
                                                   (0x10, b"\1\1"), (0xF6, b"\x0a\2")], 7):
            body = hostile.table_map(number, types=bytes([kind]), metadata=metadata)
            position += 19 + len(body) + 4
            server.event(hostile.event(hostile.TABLE_MAP, body, position))
        server.silence()

    lookup_of_a_column.__name__ = f"lookup of a column of type {description[0].hex()}"
    case(EXIT_UNAVAILABLE, words="no complete answer", column_names="lookup")(lookup_of_a_column)


@case(EXIT_UNAVAILABLE, words="no complete answer", column_names="lookup")
def lookup_asks_for_a_file(server: Conversation) -> None:
    server.log_in()
    about = server.serve(lambda command: b"information_schema" in command or command[0] == hostile.COM_BINLOG_DUMP)
    if about[0] == hostile.COM_QUERY:
        server.packet(b"\xfb/etc/passwd")
        server.silence()
    server.event(hostile.rotate())
    server.event(hostile.format_description())
    server.event(hostile.event(hostile.TABLE_MAP, hostile.table_map(), 100))
    server.silence()


# ---------------------------------------------------------------------------------------------------------------------
# The dump


@case(EXIT_UNAVAILABLE, words="no complete answer")
def dump_silence(server: Conversation) -> None:
    server.begin_dump()
    server.silence()


@case(EXIT_UNAVAILABLE, words="binlog.000001")
def dump_ends_at_once(server: Conversation) -> None:
    server.serve_to_dump()
    server.packet(EOF)


@case(EXIT_DATA, words="1236")
def dump_a_long_error(server: Conversation) -> None:
    server.serve_to_dump()
    server.packet(err(1236, b"\x1b[2J\nno " * 100_000))


@case(EXIT_DATA, words="0x5")
def dump_a_bad_status(server: Conversation) -> None:
    server.begin_dump()
    server.event(hostile.event(hostile.QUERY, bytes(20), 500), status=b"\x05")


@case(EXIT_DATA, words="local file")
def dump_asks_for_a_file(server: Conversation) -> None:
    server.serve_to_dump()
    server.packet(b"\xfb/etc/passwd")
    server.silence()


@case(EXIT_DATA)
def dump_an_event_of_nothing(server: Conversation) -> None:
    server.begin_dump()
    server.packet(b"\0")


@case(EXIT_DATA)
def dump_a_cut_header(server: Conversation) -> None:
    server.begin_dump()
    server.event(hostile.event(hostile.QUERY, b"", 500)[:12])


@case(EXIT_DATA)
def dump_an_empty_packet(server: Conversation) -> None:
    server.begin_dump()
    server.packet(b"")


for size in (0, 18, 19, 30, 0x7FFFFFFF, 0xFFFFFFFF):

    def dump_a_wrong_size(server: Conversation, size: int = size) -> None:
        server.begin_dump()
        server.event(hostile.event(hostile.QUERY, bytes(20), 500, size=size))

    dump_a_wrong_size.__name__ = f"dump an event that says it has {size} bytes"
    case(EXIT_DATA, words="event_size")(dump_a_wrong_size)


@case(EXIT_DATA, words="checksum")
def dump_a_wrong_checksum(server: Conversation) -> None:
    server.begin_dump()
    right = hostile.event(hostile.QUERY, bytes(20), 500)
    server.event(right[:-1] + bytes([right[-1] ^ 1]))


@case(EXIT_DATA, words="FORMAT_DESCRIPTION")
def dump_without_a_format(server: Conversation) -> None:
    server.serve_to_dump()
    server.event(hostile.event(hostile.QUERY, bytes(20), 500))


@case(EXIT_DATA, words="before the end")
def dump_a_step_back(server: Conversation) -> None:
    server.begin_dump()
    server.event(hostile.event(hostile.QUERY, bytes(30), 5))


@case(EXIT_DATA, words="out of order")
def dump_out_of_order(server: Conversation) -> None:
    server.begin_dump()
    server.packet(b"\0" + hostile.event(hostile.QUERY, bytes(20), 500), sequence=200)


@case(EXIT_UNAVAILABLE, words="closed")
def dump_cut_in_an_event(server: Conversation) -> None:
    server.begin_dump()
    server.send(server.framed(bytes(3000), length=9000))


@case(EXIT_UNAVAILABLE, words="no complete answer")
def dump_a_packet_that_does_not_come(server: Conversation) -> None:
    server.begin_dump()
    server.send(b"\xff\xff\xff" + bytes([server.sequence]) + bytes(100))
    server.silence()


@case(EXIT_DATA, words=("max_event_bytes", "33554432", "50331644", "binlog.000001:4"), max_event_bytes=32 * MEGABYTE)
def dump_an_event_without_end(server: Conversation) -> None:
    server.begin_dump()
    while True:
        server.packet(bytes(FULL))


@case(EXIT_DATA, words=("max_event_bytes", "1048576", "2000023"), max_event_bytes=MEGABYTE)
def dump_an_event_larger_than_allowed(server: Conversation) -> None:
    server.begin_dump()
    server.event(hostile.event(hostile.QUERY, bytes(1_999_981 + 19), 3_000_000))


@case(EXIT_DATA, words=("WRITE_ROWS of shop.", "string length"), log_file="run.log")
def dump_a_table_name_with_control_characters(server: Conversation) -> None:
    name = b"\x1b]0;title\x07\x1b[2J\nerr(main): forged\r\x7f\xc2\x9b31m" + "\u202e\u2028\u2066".encode()
    events(server, (hostile.TABLE_MAP, hostile.table_map(types=b"\xfc", metadata=b"\4", table=name)),
           (hostile.WRITE_ROWS, hostile.rows(b"\0\xff")), version=b"9.7.0\x1b[2J\n")


@case(EXIT_DATA)
def dump_a_file_name_that_leads_elsewhere(server: Conversation) -> None:
    server.serve_to_dump()
    server.event(hostile.rotate(b"../../evil.000001"))


def events(server: Conversation, *bodies: tuple[int, bytes], version: bytes = b"9.7.0") -> None:
    """Right frames around these types and bodies."""
    server.begin_dump(version)
    position = 4
    for kind, body in bodies:
        position += 19 + len(body) + 4
        server.event(hostile.event(kind, body, position & 0xFFFFFFFF))
    server.silence(5)


@case(EXIT_DATA, words="TABLE_MAP")
def dump_a_table_of_absurdly_many_columns(server: Conversation) -> None:
    events(server, (hostile.TABLE_MAP, hostile.table_map(count=b"\xfe" + b"\xff" * 7 + b"\x7f")))


@case(EXIT_DATA, words="column count")
def dump_a_table_of_ten_million_columns(server: Conversation) -> None:
    events(server, (hostile.TABLE_MAP, hostile.table_map(types=b"\1" * 10_000_000)))


@case(EXIT_DATA, words="TABLE_MAP", megabytes=800)
def dump_table_maps_without_end(server: Conversation) -> None:
    server.begin_dump()
    position = 4
    for number in range(1, 10_000):
        body = hostile.table_map(number, types=b"\1" * 4000, more=b"\xc8" + lenenc(bytes(100_000)))
        position += 19 + len(body) + 4
        server.event(hostile.event(hostile.TABLE_MAP, body, position))


@case(EXIT_DATA, words="TABLE_MAP")
def dump_rows_without_a_table(server: Conversation) -> None:
    events(server, (hostile.WRITE_ROWS, hostile.rows(b"\0\1\0\0\0")))


@case(EXIT_DATA, words="9 columns in the rows")
def dump_rows_of_another_table(server: Conversation) -> None:
    events(server, (hostile.TABLE_MAP, hostile.table_map()), (hostile.WRITE_ROWS, hostile.rows(b"\0\1\0\0\0" * 4, columns=9)))


@case(EXIT_DATA, words="shop.orders")
def dump_a_blob_of_an_absurd_length(server: Conversation) -> None:
    events(server, (hostile.TABLE_MAP, hostile.table_map(types=b"\xfc", metadata=b"\4")),
           (hostile.WRITE_ROWS, hostile.rows(b"\0\xff\xff\xff\xff")))


@case(EXIT_DATA, words="shop.orders")
def dump_json_that_refers_to_itself(server: Conversation) -> None:
    """An array each of whose thousand members is the array."""
    members = b"".join(b"\2" + struct.pack("<H", 0) for _ in range(1000))
    document = b"\2" + struct.pack("<HH", 1000, 4 + len(members)) + members
    events(server, (hostile.TABLE_MAP, hostile.table_map(types=b"\xf5", metadata=b"\4")),
           (hostile.WRITE_ROWS, hostile.rows(b"\0" + struct.pack("<I", len(document)) + document)))


@case(EXIT_DATA, events="all")
def dump_gtid_sets_without_end(server: Conversation) -> None:
    events(server, (35, struct.pack("<Q", 1 << 40) + bytes(100)))


def payload(packed: bytes, size: int) -> bytes:
    fields = [(2, 0), (3, size), (1, len(packed))]
    return b"".join(bytes([kind]) + lenenc(lenenc(number)) for kind, number in fields) + b"\0" + packed


def zstd(data: bytes) -> bytes:
    return pyarrow.compress(data, codec="zstd", asbytes=True)


@case(EXIT_DATA, words=("max_event_bytes", "1048576", "binlog.000001:4", "300000019"), max_event_bytes=MEGABYTE)
def dump_a_payload_that_is_a_bomb(server: Conversation) -> None:
    packed = zstd(hostile.event(hostile.QUERY, bytes(300_000_000), checksum=False))
    assert len(packed) < 100_000
    events(server, (hostile.TRANSACTION_PAYLOAD, payload(packed, 1 << 62)))


@case(EXIT_DATA, words=("max_event_bytes", "4294967295"))
def dump_a_payload_of_an_absurd_size(server: Conversation) -> None:
    inner = hostile.event(hostile.QUERY, bytes(1000), checksum=False, size=0xFFFFFFFF)
    events(server, (hostile.TRANSACTION_PAYLOAD, payload(zstd(inner), 1 << 63)))


@case(EXIT_DATA, words="zstd")
def dump_a_payload_of_noise(server: Conversation) -> None:
    events(server, (hostile.TRANSACTION_PAYLOAD, payload(random.Random(8).randbytes(100_000), 1)))


@case(EXIT_DATA, words="zstd")
def dump_a_payload_with_a_huge_window(server: Conversation) -> None:
    frame = b"\x28\xb5\x2f\xfd\x00" + bytes([(31 - 10) << 3]) + b"\x01\x00\x00"
    events(server, (hostile.TRANSACTION_PAYLOAD, payload(frame, 1)))


def compressed(count: int) -> bytes:
    return b"\x84" + count.to_bytes(4, "big") + zlib.compress(bytes(count), 9)


@case(EXIT_DATA, words=("max_event_bytes", "1048576", "binlog.000001:", "100000000"), max_event_bytes=MEGABYTE)
def dump_compressed_rows_that_are_a_bomb(server: Conversation) -> None:
    body = hostile.rows(compressed(100_000_000), version=1)
    events(server, (hostile.TABLE_MAP, hostile.table_map()), (hostile.WRITE_ROWS_COMPRESSED_V1, body), version=MARIADB)


@case(EXIT_DATA, words="shop.orders")
def dump_compressed_rows_of_an_absurd_size(server: Conversation) -> None:
    body = hostile.rows(b"\x84\x3f\xff\xff\xff" + zlib.compress(bytes(1000)), version=1)
    events(server, (hostile.TABLE_MAP, hostile.table_map()), (hostile.WRITE_ROWS_COMPRESSED_V1, body), version=MARIADB)


@case(EXIT_DATA, words=("max_event_bytes", "1048576", "binlog.000001:", "column c0"), max_event_bytes=MEGABYTE)
def dump_a_compressed_column_that_is_a_bomb(server: Conversation) -> None:
    value = compressed(100_000_000)
    row = b"\0" + struct.pack("<I", len(value)) + value
    events(server, (hostile.TABLE_MAP, hostile.table_map(types=b"\x8c", metadata=b"\4")),
           (23, hostile.rows(row, version=1)), version=MARIADB)


@case(EXIT_DATA, words=("max_event_bytes", "1048576", "binlog.000001:", "100000000"), max_event_bytes=MEGABYTE, events="all")
def dump_a_compressed_statement_that_is_a_bomb(server: Conversation) -> None:
    body = bytes(8) + b"\0\0\0\0\0" + b"\0" + compressed(100_000_000)
    events(server, (hostile.QUERY_COMPRESSED, body), version=MARIADB)


for mode in ("stdout", "parquet"):

    def dump_bodies_of_noise(server: Conversation) -> None:
        """Every type of event with a body of noise, one dump for each connection would be slow: the first ends it."""
        noise = random.Random(len(CASES))
        events(server, (noise.choice([2, 19, 30, 31, 32, 33, 35, 39, 40]), noise.randbytes(300)))

    dump_bodies_of_noise.__name__ = f"dump a body of noise, {mode}"
    case(EXIT_DATA, EXIT_UNAVAILABLE, output_mode=mode, events="all" if mode == "stdout" else None)(dump_bodies_of_noise)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case(connector: Connector, case: Case) -> None:
    fields = {key: value for key, value in case.fields.items() if value is not None}
    with HostileServer(case.play) as server:
        measured = run(connector, server, **fields)
        assert PASSWORD.encode() not in server.received
    check(measured, case.codes, case.megabytes)
    for word in case.words:
        assert word.lower() in measured.result.last_line.lower(), f"no {word!r} in {measured.result.last_line!r}"
    FIGURES.append((case.name, measured, server.sent))


FIGURES: list[tuple[str, Measured, int]] = []


@pytest.fixture(scope="module", autouse=True)
def figures(request: pytest.FixtureRequest) -> Iterator[None]:
    """Prints what the cases came to."""
    yield
    if not FIGURES:
        return
    codes = collections.Counter(measured.result.code for _, measured, _ in FIGURES)
    largest = max(FIGURES, key=lambda figure: figure[1].megabytes)
    slowest = max(FIGURES, key=lambda figure: figure[1].result.seconds)
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\n{len(FIGURES)} hostile conversations: " + ", ".join(f"{codes[code]} x {code}" for code in sorted(codes))
              + f"; most memory {largest[1].megabytes:.0f} MB ({largest[0]}); longest {slowest[1].result.seconds:.1f} s "
              f"({slowest[0]}); {sum(sent for _, _, sent in FIGURES) / 1e6:.0f} MB sent")


# ---------------------------------------------------------------------------------------------------------------------
# LOCAL INFILE, wherever an answer may come


def test_a_file_is_refused_in_answer_to_every_command(connector: Connector) -> None:
    """The first command, then the second, and so on up to the dump; nothing is sent after the request."""
    secret = connector.folder / "secret"
    secret.write_text("content-of-a-local-file")
    asked: list[bytes] = []
    for count in range(1, 30):
        after: list[bytes] = []

        def play(server: Conversation, count: int = count, after: list[bytes] = after) -> None:
            server.log_in()
            for _ in range(count - 1):
                server.answer(server.receive())
            asked.append(server.receive())
            server.packet(b"\xfb" + str(secret).encode())
            before = len(server.received)
            try:
                server.silence(5)
            finally:
                after.append(bytes(server.received[before:]))

        with HostileServer(play) as server:
            measured = run(connector, server)
            deadline = time.monotonic() + 5
            while not after and time.monotonic() < deadline:
                time.sleep(0.01)
        check(measured, {EXIT_DATA})
        assert after == [b""], f"sent after the request that answered {asked[-1]!r}: {after}"
        assert b"content-of-a-local-file" not in server.received
        line = measured.result.last_line
        assert "local file" in line, line
        if asked[-1][0] in (hostile.COM_BINLOG_DUMP, hostile.COM_BINLOG_DUMP_GTID):
            break
    kinds = {command[0] for command in asked}
    assert kinds >= {hostile.COM_QUERY, hostile.COM_REGISTER_SLAVE, hostile.COM_BINLOG_DUMP}, asked
    assert len(asked) >= 7, asked


def test_no_output_outside_of_its_folder(connector: Connector) -> None:
    """Output files are called after binlog files, whose names come from the server."""
    connector.output = connector.folder / "a" / "b" / "out"

    def play(server: Conversation) -> None:
        server.serve_to_dump()
        server.event(hostile.rotate(b"../../evil.000001"))
        server.event(hostile.format_description())
        server.event(hostile.event(hostile.TABLE_MAP, hostile.table_map(), 100))
        server.event(hostile.event(hostile.WRITE_ROWS, hostile.rows(b"\0\1\0\0\0"), 200))
        server.packet(EOF)

    with HostileServer(play) as server:
        measured = run(connector, server, output_mode="parquet", parquet_output_dir=str(connector.output))
    check(measured, {EXIT_DATA})
    assert "file name" in measured.result.last_line
    assert not list(connector.folder.rglob("*evil*")), sorted(connector.folder.rglob("*"))


# ---------------------------------------------------------------------------------------------------------------------
# Files


def log_file(connector: Connector, *events: bytes) -> str:
    path = connector.folder / "binlog.000001"
    path.write_bytes(b"\xfebin" + hostile.format_description() + b"".join(events))
    return str(path)


BOMB = hostile.event(hostile.QUERY, bytes(300_000_000), checksum=False)
LARGE = hostile.event(hostile.QUERY, bytes(8) + b"\4\0\0\0\0shop\0" + b" " * 30 * MEGABYTE)


@pytest.mark.parametrize(("event", "size"), [
    (LARGE, len(LARGE)),
    (hostile.event(hostile.TRANSACTION_PAYLOAD, payload(zstd(BOMB), len(BOMB))), len(BOMB)),
], ids=["an event", "an event in a payload"])
def test_file_with_an_event_that_is_too_large(connector: Connector, event: bytes, size: int) -> None:
    place = 4 + len(hostile.format_description())
    config = {"source": "file", "files": [log_file(connector, event)], "max_event_bytes": MEGABYTE}
    measured = measure(connector, config, LIMIT_SECONDS)
    check(measured, {EXIT_DATA}, 100)
    for word in ("max_event_bytes", str(MEGABYTE), str(size), f"binlog.000001:{place}:"):
        assert word in measured.result.last_line
    if event == LARGE:
        measure(connector, config | {"max_event_bytes": 40 * MEGABYTE}, LIMIT_SECONDS).result.expect(EXIT_OK)


# ---------------------------------------------------------------------------------------------------------------------
# Real conversations, mutated

RUNS = int(os.environ.get("MBC_HOSTILE_RUNS", "20"))
Turn = tuple[str, bytes]


def record(server: Server, connector: Connector, database: str, **fields: Any) -> list[Turn]:
    """What was said in a run of a few rows, turn by turn."""
    turns: list[Turn] = []
    lock = threading.Lock()

    def note(who: str, data: bytes) -> None:
        with lock:
            if turns and turns[-1][0] == who:
                turns[-1] = (who, turns[-1][1] + data)
            else:
                turns.append((who, data))

    def heard(offset: int, data: bytes) -> bytes:
        # The second connection only ends the dump at the server.
        if proxy.connections == 1:
            note("server", data)
        return data

    def sent(data: bytes) -> None:
        if proxy.connections == 1:
            note("client", data)

    log = orders(server, database)
    with Proxy(server.host, server.port, heard, sent) as proxy:
        config = connector.parquet(server, log.start, log.stop, port=proxy.port, ssl_mode="disabled", **fields)
        connector.run(config).expect(EXIT_OK)
    turns.append(("log", f"{log.start.file} {log.start.offset} {log.stop.file} {log.stop.offset}".encode()))
    return turns


def change(data: bytes, choice: random.Random) -> bytes:
    """A bit flipped, or bytes cut, repeated or overwritten."""
    changed = bytearray(data)
    at = choice.randrange(len(data))
    length = min(choice.choice([1, 1, 2, 4, 8, 100]), len(data) - at)
    match choice.choice(["flip", "flip", "flip", "cut", "repeat", "noise", "extreme", "truncate"]):
        case "flip":
            changed[at] ^= 1 << choice.randrange(8)
        case "cut":
            del changed[at:at + length]
        case "repeat":
            changed[at:at] = changed[at:at + length] * choice.choice([1, 2, 1000])
        case "noise":
            changed[at:at + length] = choice.randbytes(length)
        case "extreme":
            changed[at:at + length] = bytes([choice.choice([0x00, 0x7F, 0x80, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF])]) * length
        case "truncate":
            del changed[at:]
    return bytes(changed)


def change_event(data: bytes, choice: random.Random) -> bytes:
    """The dump with one event's body changed, whose sizes and checksum are right again: what a checksum does not catch."""
    packets = list(split_packets(data))
    events = [index for index, packet in enumerate(packets) if len(packet) > 4 + 1 + 19 + 4 and packet[4] == 0]
    index = choice.choice(events)
    number, event = packets[index][3:4], packets[index][5:-4]
    event = event[:19] + change(event[19:], choice)
    event = event[:9] + struct.pack("<I", len(event) + 4) + event[13:]
    payload = b"\0" + event + struct.pack("<I", zlib.crc32(event))
    packets[index] = len(payload).to_bytes(3, "little") + number + payload
    return b"".join(packets)


def mutate(turns: list[Turn], choice: random.Random) -> list[Turn]:
    """One to three changes to what the server says, or one to an event, as a server that is hostile could make it."""
    turns = list(turns)
    spoken = [index for index, (who, data) in enumerate(turns) if who == "server" and data]
    if choice.random() < 0.5:
        turns[spoken[-1]] = ("server", change_event(turns[spoken[-1]][1], choice))
        return turns
    for _ in range(choice.choice([1, 1, 1, 2, 3])):
        index = choice.choice([index for index in spoken if turns[index][1]])
        turns[index] = ("server", change(turns[index][1], choice))
    return turns


def replay(turns: list[Turn]) -> Play:
    """Says the server's part; waits for the client's turns, whatever it says in them."""

    def play(server: Conversation) -> None:
        for who, data in turns:
            if who == "server":
                server.send(data)
            else:
                server.receive()

    return play


def split_packets(data: bytes) -> Iterator[bytes]:
    """The packets, with their headers."""
    while data:
        end = 4 + int.from_bytes(data[:3], "little")
        yield data[:end]
        data = data[end:]


def by_command(turns: list[Turn]) -> list[Turn]:
    """The same turns, with the client's cut into packets: each is waited for."""
    split: list[Turn] = []
    for who, data in turns:
        split += [(who, packet) for packet in split_packets(data)] if who == "client" else [(who, data)]
    return split


@pytest.mark.timeout(60 + RUNS * 10)
@pytest.mark.parametrize("mode", ["stdout", "parquet"])
def test_mutated_conversations(server: Server, connector: Connector, database: str, seed: str, mode: str,
                               capsys: pytest.CaptureFixture[str]) -> None:
    turns = record(server, connector, database)
    names = turns.pop()[1].decode().split()
    fields = {"from_binlog_file": names[0], "from_binlog_position": int(names[1]), "to_binlog_file": names[2],
              "to_binlog_position": int(names[3]), "output_mode": mode, "connect_timeout_seconds": 1,
              "read_timeout_seconds": 1, "max_event_bytes": 4 * MEGABYTE}
    if mode == "parquet":
        fields["parquet_output_dir"] = str(connector.folder / "mutated")
    turns = by_command(turns)
    with HostileServer(replay(turns)) as hostile_server:
        check(run(connector, hostile_server, **fields), {EXIT_OK})
    codes: collections.Counter[int] = collections.Counter()
    most = 0.0
    for number in range(RUNS):
        mutated = mutate(turns, random.Random(f"{seed} {server.name} {mode} {number}"))
        with HostileServer(replay(mutated)) as hostile_server:
            measured = run(connector, hostile_server, **fields)
        try:
            check(measured, ENDINGS | {EXIT_OK})
        except AssertionError as failure:
            raise AssertionError(f"mutation {number} of {server.name}: {failure}") from failure
        codes[measured.result.code] += 1
        most = max(most, measured.megabytes)
    with capsys.disabled():
        print(f"\n  {server.name} {mode}: {RUNS} mutated conversations: "
              + ", ".join(f"{codes[code]} x {code}" for code in sorted(codes)) + f"; most memory {most:.0f} MB")
