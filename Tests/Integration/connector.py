"""Runs the program under test, always with a time limit, so that a hang is a failure and not a wait."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from servers import PROJECT, REPLICA_PASSWORD, REPLICA_USER, Position, Server

Config = Mapping[str, Any]

LIMIT_SECONDS = 60.0
CRASH = re.compile(r"Fatal error|Stack dump|\bCrash(ed)?\b|Traceback|backtrace|Segmentation fault|Assertion failed"
                   r"|Precondition failed|AddressSanitizer", re.IGNORECASE)

EXIT_OK = 0
EXIT_USAGE = 64
EXIT_DATA = 65
EXIT_UNAVAILABLE = 69
EXIT_OUTPUT = 74
EXIT_NO_PERMISSION = 77
EXIT_CONFIG = 78


def binary() -> Path:
    """The program under test. A missing one is a failure: a skipped suite would look like a passing one."""
    named = os.environ.get("MBC_BINARY")
    places = [Path(named)] if named else [
        PROJECT / ".build" / kind / "mysql-binlog-connector" for kind in ("release", "debug")]
    for place in places:
        if place.is_file():
            return place.resolve()
    raise AssertionError(f"no program to test at {' or '.join(map(str, places))}: run swift build, or set MBC_BINARY")


@dataclass(frozen=True)
class Result:
    """What a finished run left."""

    code: int
    stdout: bytes
    stderr: str
    seconds: float

    @property
    def text(self) -> str:
        return self.stdout.decode("utf-8")

    @property
    def last_line(self) -> str:
        lines = [line for line in self.stderr.splitlines() if line.strip()]
        return lines[-1] if lines else ""

    def expect(self, code: int) -> Result:
        """Asserts the exit code, and that whatever happened was no crash."""
        assert self.code == code, f"exit code {self.code}, expected {code}; stderr:\n{self.stderr[-4000:]}"
        assert not CRASH.search(self.stderr), f"looks like a crash:\n{self.stderr[-4000:]}"
        return self


@dataclass
class Running:
    """A run in the background. Its output goes to files: a full pipe could block it."""

    process: subprocess.Popen[bytes]
    stdout_path: Path
    stderr_path: Path
    started: float = field(default_factory=time.monotonic)

    def stderr(self) -> str:
        return self.stderr_path.read_text(errors="replace")

    def stdout(self) -> bytes:
        return self.stdout_path.read_bytes()

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self, limit: float = LIMIT_SECONDS) -> Result:
        try:
            code = self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"still running after {limit} s; stderr:\n{self.stderr()[-4000:]}") from None
        return Result(code, self.stdout(), self.stderr(), time.monotonic() - self.started)

    def wait_until(self, condition: Callable[[], bool], what: str, limit: float = LIMIT_SECONDS) -> None:
        """Waits for something that the run brings about, and fails at once when the run ends before."""
        deadline = time.monotonic() + limit
        while not condition():
            ended = self.process.poll()
            assert ended is None, f"ended with {ended} before {what}; stderr:\n{self.stderr()[-4000:]}"
            assert time.monotonic() < deadline, f"{what} did not happen in {limit} s; stderr:\n{self.stderr()[-4000:]}"
            time.sleep(0.02)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def __enter__(self) -> Running:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.kill()


class Connector:
    """Writes config files below a folder and runs the program on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "parquet"
        self._runs = 0

    def config(self, server: Server, start: Position, stop: Position | None = None, **fields: Any) -> dict[str, Any]:
        """A config for a range of a server. A field given as None stays out of the file."""
        config: dict[str, Any] = {
            "host": server.host, "port": server.port, "user": REPLICA_USER, "password": REPLICA_PASSWORD,
            "from_binlog_file": start.file, "from_binlog_position": start.offset,
        }
        if stop is not None:
            config |= {"to_binlog_file": stop.file, "to_binlog_position": stop.offset}
        config |= fields
        return {key: value for key, value in config.items() if value is not None}

    def parquet(self, server: Server, start: Position, stop: Position | None = None, **fields: Any) -> dict[str, Any]:
        """The same in Parquet mode."""
        fields = {"output_mode": "parquet", "parquet_output_dir": str(self.output)} | fields
        return self.config(server, start, stop, **fields)

    def write(self, config: Config | str) -> Path:
        self._runs += 1
        path = self.folder / f"config-{self._runs}.json"
        path.touch(0o600)
        path.write_text(config if isinstance(config, str) else json.dumps(config, indent=2))
        return path

    def command(self, config: Config | str | Path, *arguments: str) -> list[str]:
        path = config if isinstance(config, Path) else self.write(config)
        return [str(binary()), str(path), *arguments]

    def start(self, config: Config | str | Path, *arguments: str, env: Mapping[str, str] | None = None) -> Running:
        return self.start_command(self.command(config, *arguments), env)

    def start_command(self, command: Sequence[str], env: Mapping[str, str] | None = None) -> Running:
        self._runs += 1
        stdout, stderr = self.folder / f"stdout-{self._runs}", self.folder / f"stderr-{self._runs}"
        environment = {key: value for key, value in os.environ.items() if key != "MYSQL_PWD"} | dict(env or {})
        with stdout.open("wb") as out, stderr.open("wb") as err:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                       cwd=self.folder, env=environment)
        return Running(process, stdout, stderr)

    def run(self, config: Config | str | Path, *arguments: str, limit: float = LIMIT_SECONDS,
            env: Mapping[str, str] | None = None) -> Result:
        with self.start(config, *arguments, env=env) as running:
            return running.wait(limit)

    def run_arguments(self, *arguments: str, limit: float = LIMIT_SECONDS) -> Result:
        """Runs without a config file of ours, for --help and usage errors."""
        with self.start_command([str(binary()), *arguments]) as running:
            return running.wait(limit)

    def files(self) -> list[Path]:
        """What a reader of the output folder sees."""
        return sorted(self.output.iterdir()) if self.output.is_dir() else []
