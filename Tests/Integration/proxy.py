"""A TCP proxy in front of a real server that damages or cuts what the server sends."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

CHUNK = 65536

# Gets the number of bytes before a chunk and the chunk; returns what to pass on, or None to cut the connection there.
Transform = Callable[[int, bytes], bytes | None]


class Proxy:
    """Forwards connections from a free local port, what the server says through `transform`; `on_sent` sees what the
    client says.
    """

    def __init__(self, host: str, port: int, transform: Transform | None = None,
                 on_sent: Callable[[bytes], None] | None = None) -> None:
        self._target = (host, port)
        self._transform = transform
        self._on_sent = on_sent
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        self._is_held = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._is_held:
                client.close()
                continue
            self.connections += 1
            try:
                server = socket.create_connection(self._target)
            except OSError:
                client.close()
                continue
            self._sockets += [client, server]
            self._begin(client, server)

    def _begin(self, client: socket.socket, server: socket.socket) -> None:
        threading.Thread(target=self._pump, args=(client, server, self._watch), daemon=True).start()
        threading.Thread(target=self._pump, args=(server, client, self._transform), daemon=True).start()

    def _watch(self, offset: int, data: bytes) -> bytes:
        if self._on_sent:
            self._on_sent(data)
        return data

    def _pump(self, source: socket.socket, sink: socket.socket, transform: Transform | None) -> None:
        offset = 0
        try:
            while data := source.recv(CHUNK):
                passed = transform(offset, data) if transform else data
                offset += len(data)
                if passed is None:
                    break
                sink.sendall(passed)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self) -> None:
        """Ends every connection now, as a dying network does."""
        for end in self._sockets:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def hold(self) -> None:
        """Ends every connection, and lets nobody through until `release`: an outage."""
        self._is_held = True
        self.cut()

    def release(self, port: int | None = None) -> None:
        """Lets everybody through again, to another server if `port` is given."""
        self._target = (self._target[0], port or self._target[1])
        self._is_held = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._listener.close()
        self.cut()


def flip_bit_after(marker: bytes, distance: int = 0) -> Transform:
    """Flips one bit in the byte `distance` bytes into the first occurrence of a marker in each chunk."""

    def transform(offset: int, data: bytes) -> bytes:
        found = data.find(marker)
        if found < 0:
            return data
        damaged = bytearray(data)
        damaged[found + distance] ^= 0x10
        return bytes(damaged)

    return transform


def cut_at(marker: bytes) -> Transform:
    """Cuts the connection in the middle of the chunk that holds a marker, on every connection."""

    def transform(offset: int, data: bytes) -> bytes | None:
        return None if marker in data else data

    return transform


def stall_at(marker: bytes) -> Transform:
    """Keeps the connection open but passes nothing on from the chunk with a marker: a half-dead network."""
    silent = threading.Event()

    def transform(offset: int, data: bytes) -> bytes | None:
        if marker in data:
            silent.set()
        return b"" if silent.is_set() else data

    return transform


def without_tls(offset: int, data: bytes) -> bytes:
    """Takes the TLS capability out of the server's greeting, as a server without TLS, or an attacker, would."""
    if offset != 0:
        return data
    end_of_version = data.index(b"\0", 5)
    capabilities = end_of_version + 1 + 4 + 8 + 1
    greeting = bytearray(data)
    greeting[capabilities + 1] &= ~0x08
    return bytes(greeting)
