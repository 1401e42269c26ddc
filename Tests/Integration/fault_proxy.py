"""A proxy that does to connections what networks do, at random places of what the server says."""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from random import Random

from proxy import CHUNK, Proxy

KINDS = ("cut", "reset", "stall", "delay", "drip", "corrupt")
# The first connections of a run are left alone for so long: a run that cannot even begin ends, and is no matter for this proxy.
LOGIN_BYTES = 20_000
FIRST_CONNECTIONS = 4
DRIP_BYTES = 200
# The first byte of alerts, handshakes and data; no packet of a login is that long.
TLS_RECORDS = (0x15, 0x16, 0x17)
CORRUPT_SECONDS = 1.0
# Damage that comes three times in the same transaction is taken for damage at the server.
RECOVERY_BYTES = 1_500_000


def reset(end: socket.socket) -> None:
    """Closes with RST in place of FIN."""
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.close()


class FaultProxy(Proxy):
    """Between two faults lie `mean_bytes` on average, and after `limit` faults all is well; `faults` counts them by kind."""

    def __init__(self, host: str, port: int, random: Random, mean_bytes: int, kinds: tuple[str, ...] = KINDS,
                 limit: int | None = None) -> None:
        self._limit = limit
        self._random, self._mean_bytes, self._kinds = random, mean_bytes, kinds
        self._is_calm = threading.Event()
        self._is_recovering = False
        self.faults: Counter[str] = Counter()
        super().__init__(host, port)

    def calm(self) -> None:
        """No more faults, on new connections at the latest."""
        self._is_calm.set()

    def _begin(self, client: socket.socket, server: socket.socket) -> None:
        threading.Thread(target=self._pump, args=(client, server, None), daemon=True).start()
        threading.Thread(target=self._disturb, args=(server, client, self.connections), daemon=True).start()

    def _gap(self) -> int:
        return int(self._random.expovariate(1 / self._mean_bytes))

    def _disturb(self, server: socket.socket, client: socket.socket, number: int) -> None:
        """Passes on and disturbs, in turn. Some connections do not even get through their login."""
        in_login = number > FIRST_CONNECTIONS and self._random.random() < 0.2 and not self._is_recovering
        gap = self._random.randint(0, 3000) if in_login else LOGIN_BYTES + self._gap()
        if self._is_recovering:
            gap, self._is_recovering = RECOVERY_BYTES, False
        try:
            if in_login:
                if not self._strike_login(gap, server, client):
                    return
                gap = LOGIN_BYTES + self._gap()
            while self._pass(server, client, gap) and self._strike(self._random.choice(self._kinds), server, client):
                gap = self._gap()
        except OSError:
            pass
        finally:
            self._end(client, server)

    @staticmethod
    def _end(client: socket.socket, server: socket.socket) -> None:
        """The server must learn of it: a thread of it that is about to write would keep the replica's id for a minute."""
        for end in (client, server):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        reset(server)

    def _strike_login(self, gap: int, server: socket.socket, client: socket.socket) -> bool:
        """Does something to a login; false when the connection is over."""
        kind = self._random.choice(self._kinds)
        if kind == "corrupt":
            return self._corrupt_login(server, client)
        return self._pass(server, client, gap) and self._strike(kind, server, client)

    def _pass(self, server: socket.socket, client: socket.socket, count: int) -> bool:
        """Passes so many bytes on, or all there are once it is calm; false at the end of the connection."""
        while count > 0 or self._is_calm.is_set():
            data = server.recv(CHUNK if self._is_calm.is_set() else min(count, CHUNK))
            if not data:
                return False
            client.sendall(data)
            count -= len(data)
        return True

    def _strike(self, kind: str, server: socket.socket, client: socket.socket) -> bool:
        """Does it; false when the connection is over."""
        self._count(kind)
        match kind:
            case "cut":
                return False
            case "reset":
                reset(client)
                return False
            case "stall":
                # The other direction ends it, when the client has had enough.
                while select.select([client], [], [], 30)[0] and client.recv(1, socket.MSG_PEEK):
                    time.sleep(0.01)
                return False
            case "delay":
                time.sleep(self._random.uniform(0.1, 0.6))
                return True
            case "drip":
                return all(self._pass_byte(server, client) for _ in range(DRIP_BYTES))
            case _:
                return self._corrupt(server, client)

    def _count(self, kind: str) -> None:
        self.faults[kind] += 1
        if self.faults.total() == self._limit:
            self.calm()

    def _pass_byte(self, server: socket.socket, client: socket.socket) -> bool:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        data = server.recv(1)
        if data:
            client.sendall(data)
            time.sleep(0.001)
        return bool(data)

    def _corrupt_login(self, server: socket.socket, client: socket.socket) -> bool:
        """Flips one bit of one of the first answers, and leaves the next connection alone.

        Without TLS it is one of a packet's head: another one may make a password of the greeting that is wrong, and then
        nobody can tell the damage from a refusal.
        """
        for _ in range(self._random.randint(1, 3)):
            if not (data := server.recv(CHUNK)):
                return False
            client.sendall(data)
        self._count("corrupt login")
        return self._damage(server, client, lambda data: len(data) if data[0] in TLS_RECORDS else min(4, len(data)))

    def _corrupt(self, server: socket.socket, client: socket.socket) -> bool:
        """Flips one bit, and leaves the next connection alone.

        When it is in the length of a packet, nothing but the end of the connection helps.
        """
        return self._damage(server, client, len)

    def _damage(self, server: socket.socket, client: socket.socket, reach: Callable[[bytearray], int]) -> bool:
        data = bytearray(server.recv(CHUNK))
        if not data:
            return False
        self._is_recovering = True
        data[self._random.randrange(reach(data))] ^= 1 << self._random.randrange(8)
        client.sendall(data)
        end = time.monotonic() + CORRUPT_SECONDS
        while (rest := end - time.monotonic()) > 0:
            if select.select([server], [], [], rest)[0] and not self._pass(server, client, 1):
                break
        return False
