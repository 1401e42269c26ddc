"""A server that speaks just enough of the protocol to be believed, and then does what no honest server does."""

from __future__ import annotations

import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable
from types import TracebackType

FULL = 0xFFFFFF
NONCE = bytes(range(0x41, 0x55))
UUID = "11111111-2222-3333-4444-555555555555"

# LONG_PASSWORD to PLUGIN_AUTH_LENENC as MySQL 8 has them, without SSL and compression.
CAPABILITIES = 0x009FF7DF & ~0x0820

COM_QUIT, COM_QUERY, COM_BINLOG_DUMP, COM_REGISTER_SLAVE, COM_BINLOG_DUMP_GTID = 0x01, 0x03, 0x12, 0x15, 0x1E
OK = bytes([0, 0, 0, 2, 0, 0, 0])
EOF = bytes([0xFE, 0, 0, 2, 0])

ROTATE, FORMAT_DESCRIPTION, QUERY, TABLE_MAP, WRITE_ROWS, TRANSACTION_PAYLOAD = 4, 15, 2, 19, 30, 40
QUERY_COMPRESSED, WRITE_ROWS_COMPRESSED_V1 = 165, 166


class Gone(Exception):
    """The client went away, which ends a conversation in order."""


def lenenc(value: int | bytes) -> bytes:
    if isinstance(value, bytes):
        return lenenc(len(value)) + value
    if value < 0xFB:
        return bytes([value])
    if value < 1 << 16:
        return b"\xfc" + value.to_bytes(2, "little")
    if value < 1 << 24:
        return b"\xfd" + value.to_bytes(3, "little")
    return b"\xfe" + value.to_bytes(8, "little")


def err(code: int, message: bytes, state: bytes = b"HY000") -> bytes:
    return b"\xff" + code.to_bytes(2, "little") + b"#" + state + message


def column(name: bytes) -> bytes:
    return b"".join(map(lenenc, (b"def", b"", b"t", b"t", name, name))) + bytes([12, 45, 0, 0, 1, 0, 0, 253, 0, 0, 0, 0, 0])


def greeting(version: bytes = b"9.7.0", plugin: bytes = b"caching_sha2_password", nonce: bytes = NONCE,
             capabilities: int = CAPABILITIES) -> bytes:
    low, high = struct.pack("<I", capabilities)[:2], struct.pack("<I", capabilities)[2:]
    return (b"\x0a" + version + b"\0" + struct.pack("<I", 7) + nonce[:8] + b"\0" + low + bytes([45, 2, 0]) + high
            + bytes([len(nonce) + 1]) + bytes(10) + nonce[8:] + b"\0" + plugin + b"\0")


# ---------------------------------------------------------------------------------------------------------------------
# Events


def event(kind: int, body: bytes, position: int = 0, flags: int = 0, checksum: bool = True, size: int | None = None) -> bytes:
    """An event with its header and, if wanted, a right checksum; `size` is what the header says in place of the truth."""
    total = 19 + len(body) + (4 if checksum else 0)
    head = struct.pack("<IBIIIH", 1_700_000_000, kind, 1, total if size is None else size, position, flags)
    return head + body + (struct.pack("<I", zlib.crc32(head + body)) if checksum else b"")


def rotate(name: bytes = b"binlog.000001", position: int = 4) -> bytes:
    """The made-up event with which a dump begins."""
    return event(ROTATE, struct.pack("<Q", position) + name, flags=0x20)


def format_description(version: bytes = b"9.7.0", lengths: bytes = bytes([8] * 41)) -> bytes:
    if b"MariaDB" in version:
        lengths = bytes([8] * 171)
    body = b"\x04\0" + version.ljust(50, b"\0")[:50] + bytes(4) + b"\x13" + lengths + b"\x01"
    return event(FORMAT_DESCRIPTION, body, position=0, flags=0x20)


def table_map(number: int = 7, types: bytes = b"\x03", metadata: bytes = b"", more: bytes = b"", count: bytes | None = None,
              table: bytes = b"orders") -> bytes:
    """The body of a TABLE_MAP of shop.orders, or of another table of that schema."""
    names = b"\x04shop\0" + bytes([len(table)]) + table + b"\0"
    columns = (lenenc(len(types)) if count is None else count) + types
    return number.to_bytes(6, "little") + b"\1\0" + names + columns + lenenc(metadata) + bytes((len(types) + 7) // 8) + more


def rows(images: bytes, number: int = 7, columns: int = 1, flags: int = 1, version: int = 2) -> bytes:
    """The body of a rows event."""
    extra = b"\2\0" if version == 2 else b""
    present = b"\xff" * ((columns + 7) // 8)
    return number.to_bytes(6, "little") + flags.to_bytes(2, "little") + extra + lenenc(columns) + present + images


# ---------------------------------------------------------------------------------------------------------------------
# Conversations


class Conversation:
    """One connection, seen from the server. `sequence` is the number of the next packet."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self.sequence = 0
        self.sent = 0
        self.received = bytearray()
        self.version = b"9.7.0"
        self.commands: list[bytes] = []

    # Bytes

    def send(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise Gone from error
        self.sent += len(data)

    def drip(self, data: bytes, seconds: float = 0.1) -> None:
        """One byte at a time."""
        for byte in data:
            self.send(bytes([byte]))
            time.sleep(seconds)

    def flood(self, data: bytes, limit: int = 4 << 30) -> None:
        """The same again and again, until the client has had enough."""
        block = data * max(1, (1 << 20) // len(data))
        while self.sent < limit:
            self.send(block)

    def silence(self, seconds: float = 60) -> None:
        """Says nothing, and waits until the client goes."""
        self._socket.settimeout(seconds)
        try:
            while data := self._socket.recv(65536):
                self.received += data
        except OSError:
            pass
        raise Gone

    def receive(self) -> bytes:
        """The next packet's payload."""
        head = self._receive(4)
        self.sequence = head[3] + 1
        return self._receive(int.from_bytes(head[:3], "little"))

    def _receive(self, count: int) -> bytes:
        data = bytearray()
        while len(data) < count:
            try:
                got = self._socket.recv(count - len(data))
            except OSError as error:
                raise Gone from error
            if not got:
                raise Gone
            data += got
        self.received += data
        return bytes(data)

    # Packets

    def framed(self, payload: bytes, length: int | None = None, sequence: int | None = None) -> bytes:
        """One packet; `length` and `sequence` are what its header says in place of the truth."""
        number = self.sequence if sequence is None else sequence
        self.sequence = (number + 1) & 0xFF
        return (len(payload) if length is None else length).to_bytes(3, "little") + bytes([number & 0xFF]) + payload

    def packet(self, payload: bytes, length: int | None = None, sequence: int | None = None) -> None:
        self.send(self.framed(payload, length, sequence))

    def packets(self, *payloads: bytes) -> None:
        self.send(b"".join(self.framed(payload) for payload in payloads))

    def flood_packets(self, payload: bytes, limit: int = 4 << 30) -> None:
        """The same payload in packets without end, numbered as they must be."""
        while self.sent < limit:
            self.packets(*[payload] * max(1, (1 << 18) // (len(payload) + 4)))

    def event(self, event: bytes, status: bytes = b"\0") -> None:
        """An event as a dump carries it, in as many packets as it needs."""
        rest = status + event
        while True:
            part, rest = rest[:FULL], rest[FULL:]
            self.packet(part)
            if len(part) < FULL:
                return

    # What an honest server does

    def greet(self, **fields: bytes) -> bytes:
        """The greeting; returns the client's answer."""
        self.version = fields.get("version", self.version)
        self.packet(greeting(**fields))  # type: ignore[arg-type]
        return self.receive()

    def log_in(self, version: bytes = b"9.7.0") -> None:
        self.greet(version=version)
        self.packet(OK)

    def answer(self, command: bytes) -> None:
        """What an honest server says to a command."""
        text = command[1:].upper()
        if command[0] != COM_QUERY or text.startswith(b"SET"):
            self.packet(OK)
        elif b"BINARY LOGS" in text:
            self.result_set([b"Log_name", b"File_size"], [[b"binlog.000001", b"1000"]])
        elif b"CHECKSUM" in text:
            self.result_set([b"checksum"], [[b"CRC32"]])
        elif text.startswith(b"SHOW GLOBAL VARIABLES"):
            self.result_set([b"Variable_name", b"Value"], [[b"log_bin", b"ON"], [b"binlog_format", b"ROW"]])
        elif text.startswith(b"SELECT") and b"@@" in text:
            self.result_set([b"value"], [[UUID.encode()]])
        else:
            self.result_set([b"value"], [])

    def result_set(self, columns: list[bytes], values: list[list[bytes]]) -> None:
        self.packets(lenenc(len(columns)), *map(column, columns), EOF,
                     *[b"".join(map(lenenc, row)) for row in values], EOF)

    def serve(self, until: Callable[[bytes], bool]) -> bytes:
        """Answers commands in order up to one that is left to the caller."""
        while True:
            command = self.receive()
            self.commands.append(command)
            if not command or until(command):
                return command
            self.answer(command)

    def serve_to_dump(self, version: bytes = b"9.7.0") -> None:
        """Logs in and answers everything before the dump."""
        self.log_in(version)
        self.serve(lambda command: command[0] in (COM_BINLOG_DUMP, COM_BINLOG_DUMP_GTID))

    def begin_dump(self, version: bytes = b"9.7.0") -> None:
        """All that comes before the first event of interest."""
        self.serve_to_dump(version)
        self.event(rotate())
        self.event(format_description(version))


Play = Callable[[Conversation], None]


class HostileServer:
    """Plays the same conversation on each connection to a port of its own."""

    def __init__(self, play: Play) -> None:
        self._play = play
        self.conversations: list[Conversation] = []
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(connection)
            conversation = Conversation(connection)
            self.conversations.append(conversation)
            threading.Thread(target=self._run, args=(connection, conversation), daemon=True).start()

    def _run(self, connection: socket.socket, conversation: Conversation) -> None:
        try:
            self._play(conversation)
            connection.shutdown(socket.SHUT_WR)
            conversation.silence(10)
        except (Gone, OSError):
            pass
        connection.close()

    @property
    def sent(self) -> int:
        """Bytes that were sent on all connections."""
        return sum(conversation.sent for conversation in self.conversations)

    @property
    def received(self) -> bytes:
        """All that clients have said."""
        return b"".join(bytes(conversation.received) for conversation in self.conversations)

    def __enter__(self) -> HostileServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._listener.close()
        for connection in self._sockets:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
