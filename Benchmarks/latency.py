"""How long a committed row takes to come out of a live run as text."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
import time
from pathlib import Path

from workload import Server

PAUSE_SECONDS = 0.005
LIMIT_SECONDS = 60
VALUE = re.compile(rb"\[0\] id = (\d+)")


def _start(binary: Path, server: Server, folder: Path) -> tuple[subprocess.Popen[bytes], float]:
    """A live run from the end of the log on."""
    place = server.history()
    config = folder / "live.json"
    config.write_text(json.dumps({
        "host": "127.0.0.1", "port": server.port, "user": "repl", "password": "repl-secret", "log_level": "warn",
        "from_binlog_file": place.file, "from_binlog_position": place.offset, "include": ["live.t"]}))
    start = time.monotonic()
    return subprocess.Popen([str(binary), str(config)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL), start


def latencies(binary: Path, server: Server, folder: Path, count: int) -> list[float]:
    """Seconds from the moment at which COMMIT had returned to the moment at which the row's text had been read."""
    server.execute("DROP DATABASE IF EXISTS live", "CREATE DATABASE live", "CREATE TABLE live.t (id INT PRIMARY KEY)")
    process, _ = _start(binary, server, folder)
    seen: dict[int, float] = {}

    def read() -> None:
        assert process.stdout
        while len(seen) < count and (block := os.read(process.stdout.fileno(), 1 << 16)):
            now = time.monotonic()
            seen.update((int(found), now) for found in VALUE.findall(block))

    reader = threading.Thread(target=read)
    reader.start()
    committed: dict[int, float] = {}
    with server.session() as cursor:
        for number in range(count):
            cursor.execute(f"INSERT INTO live.t VALUES ({number})")
            committed[number] = time.monotonic()
            time.sleep(PAUSE_SECONDS)
    reader.join(LIMIT_SECONDS)
    process.terminate()
    process.wait()
    if len(seen) < count:
        raise RuntimeError(f"{count - len(seen)} of {count} rows did not come out")
    return [max(0.0, seen[number] - committed[number]) for number in range(count)]


def first_row_seconds(binary: Path, server: Server, folder: Path) -> float:
    """Seconds from the start of the program to the first byte of a row that is in the log already."""
    server.execute("DROP DATABASE IF EXISTS live", "CREATE DATABASE live", "CREATE TABLE live.t (id INT PRIMARY KEY)")
    place = server.history()
    server.execute("INSERT INTO live.t VALUES (1)")
    config = folder / "first.json"
    config.write_text(json.dumps({
        "host": "127.0.0.1", "port": server.port, "user": "repl", "password": "repl-secret", "log_level": "warn",
        "from_binlog_file": place.file, "from_binlog_position": place.offset, "include": ["live.t"]}))
    start = time.monotonic()
    with subprocess.Popen([str(binary), str(config)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        os.read(process.stdout.fileno(), 1)
        seconds = time.monotonic() - start
        process.kill()
    return seconds
