"""A name server for tests: it knows one name, and keeps what it was asked."""

from __future__ import annotations

import socket
import struct
import threading
from types import TracebackType

PORT = 53
TYPE_A = 1
# Flags of an answer (https://www.rfc-editor.org/rfc/rfc1035#section-4.1.1): response, recursion desired and available.
ANSWER = 0x8180
NAME_ERROR = 3


class DNSServer:
    """Answers on port 53 of `host`, a loopback address of its own, so that it is in nobody's way."""

    def __init__(self, host: str, name: str, address: str) -> None:
        self.asked: list[str] = []
        self._name, self._address = name, socket.inet_aton(address)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(0.2)
        self._socket.bind((host, PORT))
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> DNSServer:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._stopping.set()
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                query, client = self._socket.recvfrom(512)
            except TimeoutError:
                continue
            self._socket.sendto(self._answer(query), client)

    def _answer(self, query: bytes) -> bytes:
        labels, offset = [], 12
        while length := query[offset]:
            labels.append(query[offset + 1:offset + 1 + length].decode("ascii"))
            offset += 1 + length
        kind, = struct.unpack_from(">H", query, offset + 1)
        question = query[12:offset + 5]
        name = ".".join(labels)
        self.asked.append(name)
        # An AAAA question for a known name has an answer without records.
        record = b"\xc0\x0c" + struct.pack(">HHIH", TYPE_A, 1, 60, 4) + self._address
        records = record if name == self._name and kind == TYPE_A else b""
        code = 0 if name == self._name else NAME_ERROR
        return query[:2] + struct.pack(">HHHHH", ANSWER | code, 1, int(bool(records)), 0, 0) + question + records
